// Tests of the codec of GGUF blocks given their parent, on blocks that llama.cpp made and on noise.
#include "codec/gguf_parent.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/limits.h"
#include "codec/gguf_samples_testing.h"
#include "codec/plain_kernels_testing.h"

namespace granary::codec {
namespace {

Bytes random_bytes(std::mt19937_64& numbers, std::size_t size) {
  Bytes bytes;
  while (bytes.size() < size) put_u64(bytes, numbers());
  bytes.resize(size);
  return bytes;
}

Bytes encode(const Kernels& kernels, ByteView original, ByteView parent,
             const GgufParent& relation) {
  static Scratch scratch;
  const std::size_t size = encode_gguf_parent(kernels, original, parent, relation, scratch);
  const auto coded = scratch.coded().first(size);
  return {coded.begin(), coded.end()};
}

void expect_round_trip(ByteView original, ByteView parent, const GgufParent& relation) {
  static Scratch scratch;
  const Bytes expected = encode(kScalarKernels, original, parent, relation);
  EXPECT_LE(expected.size(), original.size() + original.size() / 30 + 256);
  EXPECT_EQ(read_gguf_parent(expected, original.size()).value().quant, relation.quant);
  for (const Kernels* kernels : kernels_to_test()) {
    EXPECT_EQ(encode(*kernels, original, parent, relation), expected);
    Bytes out(original.size());
    ASSERT_TRUE(decode_gguf_parent(*kernels, expected, parent, out, scratch));
    EXPECT_TRUE(std::ranges::equal(out, original));
  }
}

GgufParent relation_of(const GgufSample& sample) {
  return {.quant = sample.type,
          .parent = is_of_bf16(sample) ? FloatType::Bf16 : FloatType::Fp32,
          .via_half = is_of_bf16(sample)};
}

class GgufParentTest : public ::testing::TestWithParam<GgufSample> {};

TEST_P(GgufParentTest, ComesBackInAFractionOfItsSize) {
  const Bytes blocks = sample_blocks(GetParam());
  const Bytes parent = sample_file(GetParam().weights_file);
  const GgufParent relation = relation_of(GetParam());
  ASSERT_EQ(parent_size_bytes(relation, blocks.size()), parent.size());
  expect_round_trip(blocks, parent, relation);
  // So few blocks, a third of them corners, share the headers of their planes.
  EXPECT_LE(encode(best_kernels(), blocks, parent, relation).size() * 3, blocks.size());
}

TEST_P(GgufParentTest, AnyCutComesBack) {
  const Bytes blocks = sample_blocks(GetParam());
  const Bytes parent = sample_file(GetParam().weights_file);
  GgufParent relation = relation_of(GetParam());
  const QuantFormat& format = *find_quant_format(static_cast<std::uint64_t>(relation.quant));
  std::mt19937_64 numbers(1);
  for (int i = 0; i < 8; ++i) {
    const std::size_t first = numbers() % blocks.size();
    const std::size_t size = numbers() % (blocks.size() - first);
    const std::size_t over = first % format.block_size_bytes;
    relation.phase = over == 0 ? 0 : format.block_size_bytes - over;
    const std::size_t weight =
        (first + relation.phase) / format.block_size_bytes * format.weight_count;
    const std::size_t parent_size = parent_size_bytes(relation, size);
    expect_round_trip(
        ByteView(blocks).subspan(first, size),
        ByteView(parent).subspan(parent_size == 0 ? 0 : weight * size_bytes_of(relation.parent),
                                 parent_size),
        relation);
  }
}

TEST_P(GgufParentTest, AStrangersBlocksComeBackToo) {
  const auto seed = std::random_device{}();
  RecordProperty("seed", std::to_string(seed));
  std::mt19937_64 numbers(seed);
  GgufParent relation = relation_of(GetParam());
  for (const std::size_t size : {0U, 1U, 100U, 3000U}) {
    relation.phase = numbers() % 2;
    relation.via_half = numbers() % 2 == 0;
    relation.parent = static_cast<FloatType>(numbers() % 3);
    const Bytes parent = random_bytes(numbers, parent_size_bytes(relation, size));
    expect_round_trip(random_bytes(numbers, size), parent, relation);
  }
}

TEST_P(GgufParentTest, HostileBytesAreRefusedOrDecoded) {
  static Scratch scratch;
  const Bytes blocks = sample_blocks(GetParam());
  const Bytes parent = sample_file(GetParam().weights_file);
  const Bytes coded = encode(best_kernels(), blocks, parent, relation_of(GetParam()));
  Bytes out(blocks.size());
  for (std::size_t size = 0; size < coded.size(); size += 13)
    EXPECT_FALSE(
        decode_gguf_parent(best_kernels(), ByteView(coded).first(size), parent, out, scratch));
  std::mt19937_64 numbers(2);
  for (int i = 0; i < 100; ++i) {
    Bytes damaged = coded;
    damaged[numbers() % damaged.size()] ^= static_cast<std::byte>(1U << numbers() % 8);
    const auto done = decode_gguf_parent(best_kernels(), damaged, parent, out, scratch);
    if (!done) EXPECT_EQ(done.error().kind, ErrorKind::Corrupt);
  }
}

INSTANTIATE_TEST_SUITE_P(Samples, GgufParentTest, ::testing::ValuesIn(all_gguf_samples()),
                         [](const auto& info) { return info.param.name; });

// Worked in docs/formats/gguf-parent.md.
TEST(GgufParent, KnownBytes) {
  Bytes parent, blocks;
  for (int i = 0; i < 32; ++i) put_u16(parent, 0x3F80);
  put_u16(blocks, 0x2008);
  for (int i = 0; i < 32; ++i) put_u8(blocks, 0x7F);
  for (const int byte : {0x08, 0x20, 0x7F}) put_u8(blocks, static_cast<std::uint8_t>(byte));
  EXPECT_EQ(to_hex(encode(best_kernels(), blocks, parent, {.quant = QuantType::Q8_0})),
            "080000"
            "000100"
            "000100"
            "000100"
            "08207f");
}

TEST(GgufParent, AHeaderOutsideItsBoundsIsCorrupt) {
  const auto read = [](std::initializer_list<int> bytes) {
    Bytes coded;
    for (const int byte : bytes) put_u8(coded, static_cast<std::uint8_t>(byte));
    return read_gguf_parent(coded, 1000);
  };
  const GgufParent expected{
      .quant = QuantType::Q6_K, .parent = FloatType::Fp32, .via_half = true, .phase = 209};
  EXPECT_EQ(read({14, 6, 209}).value(), expected);
  EXPECT_FALSE(read({14, 6, 210}));
  EXPECT_FALSE(read({14, 3, 0}));
  EXPECT_FALSE(read({14, 8, 0}));
  EXPECT_FALSE(read({10, 0, 0}));
  EXPECT_FALSE(read({14, 0}));
  EXPECT_FALSE(read_gguf_parent(Bytes(3), 0).value().phase > 0);
}

TEST(GgufParent, AParentOfAnotherSizeIsCorrupt) {
  static Scratch scratch;
  const Bytes parent(512), blocks(144);
  const Bytes coded = encode(best_kernels(), blocks, parent, {.quant = QuantType::Q4_K});
  Bytes out(144);
  EXPECT_TRUE(decode_gguf_parent(best_kernels(), coded, parent, out, scratch));
  EXPECT_FALSE(
      decode_gguf_parent(best_kernels(), coded, ByteView(parent).first(511), out, scratch));
  EXPECT_FALSE(decode_gguf_parent(best_kernels(), coded, Bytes(1024), out, scratch));
  out.resize(limits::kBlockSizeBytes + 144);
  EXPECT_FALSE(decode_gguf_parent(best_kernels(), coded, parent, out, scratch));
}

}  // namespace
}  // namespace granary::codec
