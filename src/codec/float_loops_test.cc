// Tests of the loops of quantisers and deltas: each table gives the bits that the scalar one gives,
// whatever the numbers are.
#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <random>
#include <string>
#include <vector>

#include "codec/kernels.h"

namespace granary::codec {
namespace {

using Buffer = std::vector<std::uint8_t>;

constexpr std::size_t kGroup = 32;
constexpr std::size_t kGroupCount = 8;
constexpr std::size_t kCount = kGroup * kGroupCount;
static_assert(kCount == kQuantWeightsMax);

class FloatLoopsTest : public ::testing::TestWithParam<const Kernels*> {
 protected:
  Buffer random(std::size_t size) {
    Buffer bytes(size);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(numbers_());
    return bytes;
  }
  // Any bits at first, NaNs and infinities among them; then weights.
  std::vector<float> random_weights(int round) {
    std::normal_distribution<float> normal;
    std::vector<float> weights(kCount);
    for (float& weight : weights)
      weight = round % 2 == 0 ? std::bit_cast<float>(static_cast<std::uint32_t>(numbers_()))
                              : normal(numbers_);
    return weights;
  }
  // Calls `run` with each of the two tables; what it returns must be equal.
  template <class Run>
  void expect_same(Run run) {
    for (int round = 0; round < 300 && !HasFailure(); ++round) {
      const auto numbers = numbers_;
      const Buffer expected = run(kScalarKernels, round);
      numbers_ = numbers;
      EXPECT_EQ(run(*GetParam(), round), expected) << round;
    }
  }
  static Buffer bytes_of(const std::vector<float>& numbers) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(numbers.data());
    return {bytes, bytes + sizeof(float) * numbers.size()};
  }

  std::mt19937_64 numbers_{5};
};

TEST_P(FloatLoopsTest, NumbersAreConvertedAlike) {
  for (const auto widen :
       {&QuantKernels::widen_bf16, &QuantKernels::widen_fp16, &QuantKernels::widen_fp32})
    expect_same([&](const Kernels& kernels, int round) {
      const std::size_t count = kCount - static_cast<std::size_t>(round) % 20;
      const Buffer in = random(4 * kCount);
      std::vector<float> out(kCount);
      (kernels.quant->*widen)(in.data(), count, out.data());
      return bytes_of(out);
    });
  for (const auto narrow :
       {&QuantKernels::narrow_bf16, &QuantKernels::narrow_fp16, &QuantKernels::narrow_fp32})
    expect_same([&](const Kernels& kernels, int round) {
      const std::vector<float> in = random_weights(round);
      Buffer out(4 * kCount);
      (kernels.quant->*narrow)(in.data(), kCount - static_cast<std::size_t>(round) % 20,
                               out.data());
      return out;
    });
  expect_same([&](const Kernels& kernels, int round) {
    std::vector<float> weights = random_weights(round);
    kernels.quant->round_to_half(weights.data(), kCount - static_cast<std::size_t>(round) % 20);
    return bytes_of(weights);
  });
}

TEST_P(FloatLoopsTest, ExtremesAreFoundAlike) {
  for (const std::size_t size : {kGroup / 2, kGroup})
    expect_same([&](const Kernels& kernels, int round) {
      const std::vector<float> weights = random_weights(round);
      std::vector<float> found(2 * kCount / size);
      kernels.quant->extremes(weights.data(), size, kCount / size, found.data(),
                              found.data() + kCount / size);
      return bytes_of(found);
    });
}

TEST_P(FloatLoopsTest, CodesAreFoundAlike) {
  expect_same([&](const Kernels& kernels, int round) {
    const std::vector<float> weights = random_weights(round);
    const std::vector<float> scales = random_weights(round / 2), offsets = random_weights(round);
    Buffer codes(3 * kCount);
    kernels.quant->grid_codes(
        weights.data(), kGroup, kGroupCount,
        {.scales = scales.data(), .offsets = offsets.data(), .least = -32, .greatest = 31},
        codes.data());
    kernels.quant->step_codes(
        weights.data(), kCount,
        {.offset = offsets[0], .factor = scales[0], .shift = 8.5F, .greatest = 15},
        codes.data() + kCount);
    kernels.quant->signed_codes(weights.data(), kCount, scales[1], codes.data() + 2 * kCount);
    return codes;
  });
}

TEST_P(FloatLoopsTest, CodesArePackedAlike) {
  expect_same([&](const Kernels& kernels, int) {
    const Buffer codes = random(kCount);
    Buffer out(kCount / 2 + 64);
    kernels.quant->pack_nibbles(codes.data(), kCount / 2, out.data());
    kernels.quant->pack_fifth_bits(codes.data(), out.data() + kCount / 2);
    kernels.quant->pack_top_pairs(codes.data(), out.data() + kCount / 2 + 32);
    return out;
  });
}

TEST_P(FloatLoopsTest, StepsAreFoldedAndUnfoldedAlike) {
  expect_same([&](const Kernels& kernels, int round) {
    const std::size_t count = kCount - static_cast<std::size_t>(round) % 70;
    const Buffer base = random(4 * kCount), in = random(4 * kCount);
    std::array<Buffer, 4> planes;
    std::array<std::uint8_t*, 4> to{};
    for (std::size_t i = 0; i < 4; ++i) to[i] = (planes[i] = Buffer(kCount)).data();
    const bool four = round % 2 == 0;
    (four ? kernels.delta->fold4 : kernels.delta->fold2)(base.data(), in.data(), count, to.data());
    Buffer out(5 * kCount);
    (four ? kernels.delta->unfold4 : kernels.delta->unfold2)(base.data(), to.data(), count,
                                                             out.data());
    EXPECT_TRUE(std::equal(
        in.begin(), in.begin() + static_cast<std::ptrdiff_t>(count * (four ? 4 : 2)), out.begin()));
    const ExponentField field =
        four ? ExponentField{.shift = 23, .mask = 0xFF} : ExponentField{.shift = 10, .mask = 0x1F};
    (four ? kernels.delta->classify4 : kernels.delta->classify2)(
        base.data(), count, field, static_cast<unsigned>(round) % 256, out.data() + 4 * kCount);
    for (const Buffer& plane : planes) out.insert(out.end(), plane.begin(), plane.end());
    return out;
  });
}

INSTANTIATE_TEST_SUITE_P(AllKernels, FloatLoopsTest,
                         ::testing::ValuesIn(all_kernels().begin(), all_kernels().end()),
                         [](const auto& info) { return std::string(info.param->name); });

}  // namespace
}  // namespace granary::codec
