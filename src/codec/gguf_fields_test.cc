// Tests of quantised blocks without a parent: each type by each kernel, all phases, damage.
#include "codec/gguf_fields.h"

#include <gtest/gtest.h>

#include <string>

#include "codec/all_kernels_testing.h"
#include "codec/block.h"
#include "codec/gguf_samples_testing.h"
#include "codec/quants_testing.h"

namespace granary::codec {
namespace {

constexpr QuantType kTypes[] = {QuantType::Q4_0, QuantType::Q4_1, QuantType::Q5_0, QuantType::Q5_1,
                                QuantType::Q8_0, QuantType::Q4_K, QuantType::Q5_K, QuantType::Q6_K};

const QuantFormat& format_of(QuantType type) {
  return *find_quant_format(static_cast<std::uint64_t>(type));
}

/// Blocks of `type` as llama.cpp makes them, again and again.
Bytes made_by_llama(QuantType type, std::size_t size_bytes) {
  for (const GgufSample& sample : all_gguf_samples())
    if (sample.type == type && sample.by_importance)
      return repeated(sample_blocks(sample), size_bytes);
  return {};
}

class GgufFieldsTest : public ::testing::TestWithParam<const Kernels*> {
 protected:
  Bytes encode(ByteView original, QuantType type, std::size_t phase) {
    const std::size_t size = encode_gguf_fields(*GetParam(), original, type, phase, scratch_);
    const ByteView coded = scratch_.coded().first(size);
    return {coded.begin(), coded.end()};
  }
  bool comes_back(ByteView original, QuantType type, std::size_t phase) {
    return round_trip_alike(
        kernels_, original,
        [&](const Kernels& kernels, Scratch& scratch) {
          const auto size = encode_gguf_fields(kernels, original, type, phase, scratch);
          return ByteView(scratch.coded()).first(size);
        },
        [](const Kernels& kernels, ByteView coded, std::span<std::byte> out, Scratch& scratch) {
          return decode_block(kernels, CodecId::GgufFields, coded, out, scratch);
        });
  }

  const Kernels* const kernel_ = GetParam();
  const KernelList kernels_{&kernel_, 1};
  Scratch scratch_;
};

TEST_P(GgufFieldsTest, TheExampleOfTheDocumentation) {  // docs/formats/gguf-fields.md
  Bytes block;
  put_u16(block, 0x2008);
  for (unsigned i = 0; i < 32; ++i) put_u8(block, static_cast<std::uint8_t>(0x7F - i % 2));
  put_u8(block, 0x08);
  EXPECT_EQ(to_hex(encode(block, QuantType::Q8_0, 0)), "0800010801200201027e7f5555555508");
  EXPECT_TRUE(comes_back(block, QuantType::Q8_0, 0));

  // The fifth bits of codes 0 to 15 are set: codes 16 to 31 are mirrored.
  Bytes fives(2, std::byte{0});
  put_u32(fives, 0x0000FFFF);
  fives.resize(22, std::byte{0x21});
  EXPECT_EQ(to_hex(encode(fives, QuantType::Q5_0, 0)),
            "060001000100"
            "00ffff0000"
            "01d1");
}

TEST_P(GgufFieldsTest, TheFieldsOfATypeFillItsBlock) {
  for (const QuantType type : kTypes) {
    const std::size_t size = format_of(type).block_size_bytes;
    Bytes block = random_bytes(1, size);
    // What is left of a block and a byte more is one byte.
    block.push_back(std::byte{0xEE});
    const Bytes coded = encode(block, type, 0);
    EXPECT_EQ(coded.back(), std::byte{0xEE}) << format_of(type).name;
    EXPECT_GE(coded.size(), size + 3);
    EXPECT_TRUE(comes_back(block, type, 0)) << format_of(type).name;
  }
}

TEST_P(GgufFieldsTest, BlocksOfAllTypesComeBackAtAnyPhase) {
  for (const QuantType type : kTypes) {
    const QuantFormat& format = format_of(type);
    const Bytes real = made_by_llama(type, 20 * format.block_size_bytes);
    const Bytes noise = random_bytes(2, 20 * format.block_size_bytes);
    for (std::size_t phase = 0; phase <= format.block_size_bytes; phase += 1 + phase / 8)
      for (const Bytes* bytes : {&real, &noise})
        for (const std::size_t size : {0UL, 1UL, phase, bytes->size() - 5, bytes->size()})
          ASSERT_TRUE(comes_back(ByteView(*bytes).first(size), type, phase))
              << format.name << " of " << size << " at phase " << phase;
  }
}

TEST_P(GgufFieldsTest, AWrongTypeOnlyCostsSize) {
  const Bytes bytes = made_by_llama(QuantType::Q6_K, 10'000);
  for (const QuantType type : kTypes) EXPECT_TRUE(comes_back(bytes, type, 3));
  for (const QuantType type : {QuantType::F32, QuantType::F16, QuantType::Bf16})
    EXPECT_EQ(encode_gguf_fields(*kernel_, bytes, type, 0, scratch_), 0u) << "it has no fields";
}

TEST_P(GgufFieldsTest, DamageIsRefusedOrGivesSomeBlock) {
  for (const QuantType type : kTypes) {
    const Bytes original = made_by_llama(type, 9 * format_of(type).block_size_bytes + 7);
    const Bytes coded = encode(original, type, 5);
    Bytes out(original.size());
    const auto decode = [&](ByteView bytes) {
      return decode_gguf_fields(*kernel_, bytes, out, scratch_);
    };
    ASSERT_TRUE(decode(coded));
    for (std::size_t size = 0; size < coded.size(); ++size)
      EXPECT_FALSE(decode(ByteView(coded).first(size))) << "cut to " << size;
    Bytes longer = coded;
    longer.push_back(std::byte{0});
    EXPECT_FALSE(decode(longer));
    for (std::size_t bit = 0; bit < 8 * coded.size(); ++bit) {
      Bytes damaged = coded;
      damaged[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
      (void)decode(damaged);
    }
    Bytes far = coded;
    far[1] = static_cast<std::byte>(format_of(type).block_size_bytes);
    EXPECT_FALSE(decode(far)) << "a phase as long as a block";
  }
}

TEST_P(GgufFieldsTest, UnknownTypesAreRefused) {
  Bytes out(100);
  for (unsigned type = 0; type < 256; ++type) {
    Bytes coded = {static_cast<std::byte>(type), std::byte{0}};
    coded.resize(200, std::byte{1});
    const auto done = decode_gguf_fields(*kernel_, coded, out, scratch_);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, ErrorKind::Corrupt);
  }
}

INSTANTIATE_TEST_SUITE_P(AllKernels, GgufFieldsTest, ::testing::ValuesIn(kernels_to_test()),
                         [](const auto& info) { return std::string(info.param->name); });

TEST(GgufFields, FullBlocksGainByTheirHint) {
  struct Least {
    QuantType type;
    double ratio;
  };
  Scratch scratch, decoding;
  for (const Least& least :
       {Least{QuantType::Q4_0, 1.08}, Least{QuantType::Q4_1, 1.08}, Least{QuantType::Q5_0, 1.06},
        Least{QuantType::Q5_1, 1.06}, Least{QuantType::Q8_0, 1.05}, Least{QuantType::Q4_K, 1.03},
        Least{QuantType::Q5_K, 1.03}, Least{QuantType::Q6_K, 1.03}}) {
    const Bytes block = quantised(least.type, limits::kBlockSizeBytes);
    const auto coded =
        encode_block(best_kernels(), block, {ElementType::Quants, 0, least.type}, scratch);
    EXPECT_EQ(coded.codec, CodecId::GgufFields) << format_of(least.type).name;
    EXPECT_LT(static_cast<double>(coded.bytes.size()) * least.ratio,
              static_cast<double>(block.size()))
        << format_of(least.type).name;
    Bytes out(block.size());
    ASSERT_TRUE(decode_block(best_kernels(), coded.codec, coded.bytes, out, decoding));
    EXPECT_EQ(out, block);
    EXPECT_EQ(encode_block(best_kernels(), block, {}, scratch).codec, CodecId::Raw)
        << "nothing else codes it";
  }
}

}  // namespace
}  // namespace granary::codec
