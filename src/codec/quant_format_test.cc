// Tests of the quantised formats against blocks that llama.cpp made (tests/testdata/gguf-parent).
#include "codec/quant_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "codec/gguf_samples_testing.h"
#include "codec/half.h"

namespace granary::codec {
namespace {

const QuantKernels& kernels() { return kScalarQuantKernels; }

class MadeByLlamaCpp : public ::testing::TestWithParam<GgufSample> {};
class MadeWithoutSearch : public ::testing::TestWithParam<GgufSample> {};

// Given importances, Q4_0 to Q5_1 store another scale than the one that they rounded by.
bool is_searched(const GgufSample& sample) {
  return sample.by_importance && sample.type != QuantType::Q8_0;
}

std::vector<GgufSample> samples_with_fields() {
  std::vector<GgufSample> samples = all_gguf_samples();
  std::erase_if(samples, [](const GgufSample& sample) {
    return sample.type == QuantType::F16 || sample.type == QuantType::Bf16;
  });
  return samples;
}

std::vector<GgufSample> samples_without_search() {
  std::vector<GgufSample> samples = samples_with_fields();
  std::erase_if(samples, [](const GgufSample& sample) {
    return is_searched(sample) ||
           find_quant_format(static_cast<std::uint64_t>(sample.type))->weight_count != 32;
  });
  return samples;
}

// How many bytes of a block differ from what its weights and its fields foretell.
std::size_t surprises(const QuantFormat& format, const float* weights, const std::uint8_t* block) {
  const QuantEstimate estimate = format.estimate(kernels(), weights);
  Bytes codes(format.codes_size_bytes);
  auto* predicted = reinterpret_cast<std::uint8_t*>(codes.data());
  format.predict_codes(kernels(), weights, estimate, format.load_fields(block), predicted);
  std::size_t count = 0;
  for (std::size_t i = 0; i < codes.size(); ++i)
    count += predicted[i] != block[format.codes_offset_bytes + i] ? 1 : 0;
  return count;
}

TEST_P(MadeByLlamaCpp, FieldsAreReadAndWrittenBack) {
  const GgufSample& sample = GetParam();
  const QuantFormat& format = *find_quant_format(static_cast<std::uint64_t>(sample.type));
  const Bytes blocks = sample_blocks(sample);
  for (std::size_t i = 0; i < blocks.size(); i += format.block_size_bytes) {
    const auto* block = reinterpret_cast<const std::uint8_t*>(&blocks[i]);
    std::vector<std::uint8_t> copy(block, block + format.block_size_bytes);
    const QuantFields fields = format.load_fields(block);
    for (std::size_t at = 0; at < copy.size(); ++at) {
      const bool is_code = at >= format.codes_offset_bytes &&
                           at < format.codes_offset_bytes + format.codes_size_bytes;
      if (!is_code) copy[at] = 0xAA;
    }
    format.store_fields(fields, copy.data());
    EXPECT_TRUE(std::equal(copy.begin(), copy.end(), block));
  }
}

// Rows of the samples in which groups have a scale of 0 beside much larger ones. Their codes are
// what the search for a scale left behind, and mean nothing.
bool is_corner(const QuantFormat& format, std::size_t row) {
  return format.weight_count == 256 && (row == 3 || row == 7 || row == 11);
}

TEST_P(MadeByLlamaCpp, CodesFollowFromTheWeightsAndTheFields) {
  const GgufSample& sample = GetParam();
  const QuantFormat& format = *find_quant_format(static_cast<std::uint64_t>(sample.type));
  const std::vector<float> weights = sample_weights(sample);
  const Bytes blocks = sample_blocks(sample);
  std::size_t count = 0;
  for (std::size_t first = 0, at = 0; first < weights.size();
       first += format.weight_count, at += format.block_size_bytes)
    if (!is_corner(format, first / 256))
      count +=
          surprises(format, &weights[first], reinterpret_cast<const std::uint8_t*>(&blocks[at]));
  const bool is_loose = is_searched(sample) && format.weight_count == 32;
  EXPECT_LE(count, is_loose ? blocks.size() / 40 : 0);
}

TEST_P(MadeWithoutSearch, FieldsFollowFromTheWeights) {
  const GgufSample& sample = GetParam();
  const QuantFormat& format = *find_quant_format(static_cast<std::uint64_t>(sample.type));
  const std::vector<float> weights = sample_weights(sample);
  const Bytes blocks = sample_blocks(sample);
  for (std::size_t first = 0, at = 0; first < weights.size();
       first += format.weight_count, at += format.block_size_bytes) {
    const QuantEstimate estimate = format.estimate(kernels(), &weights[first]);
    const QuantFields fields =
        format.load_fields(reinterpret_cast<const std::uint8_t*>(&blocks[at]));
    for (std::size_t i = 0; i < format.half_count; ++i)
      EXPECT_EQ(fields.halves[i], half_of_bits(std::bit_cast<std::uint32_t>(estimate.halves[i])))
          << first;
  }
}

std::string name_of(const ::testing::TestParamInfo<GgufSample>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Quants, MadeByLlamaCpp, ::testing::ValuesIn(samples_with_fields()),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Quants, MadeWithoutSearch, ::testing::ValuesIn(samples_without_search()),
                         name_of);

TEST(Half, EveryNumberOfFp16SurvivesTheWayThroughFp32) {
  for (std::uint32_t half = 0; half <= 0xFFFF; ++half) {
    const bool is_nan = (half & 0x7FFF) > 0x7C00;
    const auto bits = bits_of_half(static_cast<std::uint16_t>(half));
    EXPECT_EQ(half_of_bits(bits), is_nan ? 0x7E00 : half);
  }
}

TEST(Half, NumbersBetweenAreRoundedToTheNearestTiesToEven) {
  const auto half = [](float number) { return half_of_bits(std::bit_cast<std::uint32_t>(number)); };
  EXPECT_EQ(half(1.0F), 0x3C00);
  EXPECT_EQ(half(1.0F + 0x1p-11F), 0x3C00);
  EXPECT_EQ(half(1.0F + 3 * 0x1p-11F), 0x3C02);
  EXPECT_EQ(half(65519.0F), 0x7BFF);
  EXPECT_EQ(half(65520.0F), 0x7C00);
  EXPECT_EQ(half(-0x1p-24F), 0x8001);
  EXPECT_EQ(half(0x1p-25F), 0x0000);
  EXPECT_EQ(half(std::nextafter(0x1p-25F, 1.0F)), 0x0001);
  EXPECT_EQ(half(3 * 0x1p-26F), 0x0001);
  EXPECT_EQ(half(0x1.FFFp-15F), 0x0400);
}

TEST(Half, TheLoopsConvertAsTheScalarFunctionsDo) {
  std::mt19937 numbers(1);
  for (int i = 0; i < 200'000; ++i) {
    const auto bits = static_cast<std::uint32_t>(numbers());
    const bool is_nan = (bits & 0x7FFF'FFFF) > 0x7F80'0000;
    auto number = std::bit_cast<float>(bits);
    std::array<std::uint8_t, 2> narrow{};
    kernels().narrow_fp16(&number, 1, narrow.data());
    EXPECT_EQ(narrow[0] | narrow[1] << 8, half_of_bits(bits)) << bits;
    float wide = 0;
    kernels().widen_fp16(narrow.data(), 1, &wide);
    kernels().round_to_half(&number, 1);
    if (!is_nan)
      EXPECT_EQ(std::bit_cast<std::uint32_t>(wide), std::bit_cast<std::uint32_t>(number)) << bits;
    EXPECT_EQ(std::isnan(wide), is_nan);
    EXPECT_EQ(std::isnan(number), is_nan);
  }
}

TEST(QuantFormat, OnlyKnownNumbersAreFound) {
  EXPECT_EQ(find_quant_format(12)->name, "Q4_K");
  EXPECT_EQ(find_quant_format(14)->block_size_bytes, 210U);
  EXPECT_EQ(find_quant_format(10), nullptr);
  EXPECT_EQ(find_quant_format(4), nullptr);
  EXPECT_EQ(find_quant_format(256 + 12), nullptr);
}

TEST(QuantFormat, NumbersThatAreNoneGiveTheLeastCode) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  std::array<float, 16> weights{nan, infinity, -infinity, -nan};
  std::array<std::uint8_t, 16> codes{};
  const float scale = 1;
  const float offset = 0;
  kernels().grid_codes(weights.data(), 16, 1,
                       {.scales = &scale, .offsets = &offset, .least = -32, .greatest = 31},
                       codes.data());
  EXPECT_THAT(std::vector(codes.begin(), codes.begin() + 5),
              ::testing::ElementsAre(0, 63, 0, 0, 32));
  kernels().signed_codes(weights.data(), 16, 1, codes.data());
  EXPECT_THAT(std::vector(codes.begin(), codes.begin() + 5),
              ::testing::ElementsAre(0x81, 0x7F, 0x81, 0x81, 0));
}

}  // namespace
}  // namespace granary::codec
