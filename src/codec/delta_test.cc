// Tests of the delta codec: known bytes, round trips of all types and phases, sizes, hostile bytes.
#include "codec/delta.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <algorithm>
#include <random>
#include <string>

#include "base/limits.h"
#include "codec/plain_kernels_testing.h"
#include "codec/weights_testing.h"

namespace granary::codec {
namespace {

constexpr std::size_t kBlock = limits::kBlockSizeBytes;

struct Pair {
  Bytes base;
  Bytes tuned;
};

// `distance`: of the tuning, as a share of the weights' deviation.
template <class Put>
Pair tuned_weights(float distance, std::size_t size_bytes, Put put) {
  std::mt19937_64 numbers(3);
  std::normal_distribution<float> normal;
  Pair pair;
  while (pair.base.size() < size_bytes) {
    const float weight = 0.02F * normal(numbers);
    put(pair.base, weight);
    put(pair.tuned, weight + 0.02F * distance * normal(numbers));
  }
  return pair;
}

Bytes bytes_of_hex(std::string_view hex) {
  Bytes bytes(hex.size() / 2);
  EXPECT_TRUE(parse_hex(hex, bytes));
  return bytes;
}

class DeltaTest : public ::testing::TestWithParam<const Kernels*> {
 protected:
  Bytes encode(const Pair& pair, const DeltaElements& elements) {
    const std::size_t size = encode_delta(*GetParam(), pair.tuned, pair.base, elements, scratch_);
    const auto coded = scratch_.coded().first(size);
    return {coded.begin(), coded.end()};
  }
  void expect_round_trip(const Pair& pair, const DeltaElements& elements) {
    const Bytes coded = encode(pair, elements);
    EXPECT_LE(coded.size(), pair.tuned.size() + 128);
    Bytes out(pair.tuned.size());
    ASSERT_TRUE(decode_delta(*GetParam(), coded, pair.base, out, other_));
    EXPECT_EQ(out, pair.tuned);
    encode_delta(kScalarKernels, pair.tuned, pair.base, elements, scratch_);
    EXPECT_TRUE(std::ranges::equal(coded, ByteView(scratch_.coded()).first(coded.size())));
  }

  Scratch scratch_;
  Scratch other_;
};

TEST_P(DeltaTest, TunedWeightsComeBack) {
  constexpr std::size_t kSize = 9000;
  for (const float distance : {0.0003F, 0.003F, 0.03F, 1.0F}) {
    expect_round_trip(tuned_weights(distance, kSize, put_bf16), {FloatType::Bf16});
    expect_round_trip(tuned_weights(distance, kSize, put_fp16), {FloatType::Fp16});
    expect_round_trip(tuned_weights(distance, kSize, put_fp32), {FloatType::Fp32});
    expect_round_trip(tuned_weights(distance, kSize, put_upcast_bf16), {FloatType::Fp32});
  }
}

TEST_P(DeltaTest, AWholeBlockComesBack) {
  expect_round_trip(tuned_weights(0.01F, kBlock, put_bf16), {FloatType::Bf16});
}

TEST_P(DeltaTest, BlocksOfAnySizeAndPhaseComeBack) {
  const Pair pair = tuned_weights(0.01F, 4096, put_bf16);
  for (std::size_t size = 0; size < 140; size += 3)
    for (std::size_t phase = 0; phase < 4; ++phase)
      for (const FloatType type : {FloatType::Bf16, FloatType::Fp32}) {
        const auto end = static_cast<std::ptrdiff_t>(size);
        expect_round_trip({{pair.base.begin(), pair.base.begin() + end},
                           {pair.tuned.begin(), pair.tuned.begin() + end}},
                          {type, phase});
      }
}

TEST_P(DeltaTest, RandomBitsComeBack) {
  const auto seed = std::random_device{}();
  RecordProperty("seed", std::to_string(seed));
  std::mt19937_64 numbers(seed);
  for (int i = 0; i < 100; ++i) {
    Pair pair;
    for (std::size_t k = numbers() % 200; k > 0; --k) {
      put_u64(pair.base, numbers());
      put_u64(pair.tuned, numbers() % 4 == 0 ? numbers() : load_u64(&pair.base.back() - 7));
    }
    expect_round_trip(pair, {static_cast<FloatType>(i % 3), numbers() % 4});
  }
}

TEST_P(DeltaTest, TheFarthestStepsComeBack) {
  Pair pair;
  for (const unsigned from : {0x0000U, 0x8000U, 0x7FFFU, 0xFFFFU, 0x0001U, 0x8001U})
    for (const unsigned to : {0x0000U, 0x8000U, 0x7FFFU, 0xFFFFU, 0x0001U, 0x8001U}) {
      put_u16(pair.base, static_cast<std::uint16_t>(from));
      put_u16(pair.tuned, static_cast<std::uint16_t>(to));
    }
  for (const FloatType type : {FloatType::Bf16, FloatType::Fp16, FloatType::Fp32})
    expect_round_trip(pair, {type});
}

TEST_P(DeltaTest, AnEqualBlockTakesFiveBytes) {
  Pair pair = tuned_weights(0, kBlock, put_bf16);
  EXPECT_EQ(encode(pair, {FloatType::Bf16}).size(), 5U);
  expect_round_trip(pair, {FloatType::Bf16});
}

// Worked in docs/formats/delta.md.
TEST_P(DeltaTest, KnownBytes) {
  Pair pair;
  pair.base = bytes_of_hex("803f803f80bf813f");
  pair.tuned = bytes_of_hex("813f803f81bf803f");
  const Bytes coded = encode(pair, {FloatType::Bf16});
  EXPECT_EQ(to_hex(coded), "007f010100000002000303");
}

TEST_P(DeltaTest, HostileBytesAreRefusedOrDecoded) {
  const Pair pair = tuned_weights(0.003F, 8192, put_bf16);
  const Bytes coded = encode(pair, {FloatType::Bf16, 1});
  std::mt19937_64 numbers(4);
  Bytes out(pair.base.size());
  for (std::size_t size = 0; size < coded.size(); size += 7)
    EXPECT_FALSE(decode_delta(*GetParam(), ByteView(coded).first(size), pair.base, out, other_));
  for (int i = 0; i < 500; ++i) {
    Bytes damaged = coded;
    damaged[numbers() % (i % 2 == 0 ? 64 : damaged.size())] ^=
        static_cast<std::byte>(1U << numbers() % 8);
    const auto done = decode_delta(*GetParam(), damaged, pair.base, out, other_);
    if (!done) EXPECT_EQ(done.error().kind, ErrorKind::Corrupt);
  }
}

TEST_P(DeltaTest, ABaseOfAnotherSizeIsCorrupt) {
  const Pair pair = tuned_weights(0.003F, 8192, put_bf16);
  const Bytes coded = encode(pair, {FloatType::Bf16});
  Bytes out(pair.base.size());
  const ByteView base(pair.base);
  EXPECT_FALSE(decode_delta(*GetParam(), coded, base.first(8191), out, other_));
  out.resize(8190);
  EXPECT_FALSE(decode_delta(*GetParam(), coded, base.first(8190), out, other_));
  EXPECT_FALSE(decode_delta(*GetParam(), {}, base, out, other_));
  out.resize(kBlock + 2);
  EXPECT_FALSE(decode_delta(*GetParam(), coded, Bytes(kBlock + 2), out, other_));
}

INSTANTIATE_TEST_SUITE_P(AllKernels, DeltaTest, ::testing::ValuesIn(kernels_to_test()),
                         [](const auto& info) { return std::string(info.param->name); });

TEST(Delta, IsAQuarterSmallerThanXorAndZstd) {
  Scratch scratch;
  for (const float distance : {0.0003F, 0.001F, 0.003F, 0.01F}) {
    const Pair pair = tuned_weights(distance, kBlock, put_bf16);
    Bytes planes(kBlock);
    for (std::size_t i = 0; i < kBlock / 2; ++i) {
      const auto low = pair.base[2 * i] ^ pair.tuned[2 * i];
      const auto high = pair.base[2 * i + 1] ^ pair.tuned[2 * i + 1];
      planes[i] = (low & std::byte{0x7F}) | (high & std::byte{0x80});
      planes[kBlock / 2 + i] = high << 1 | low >> 7;
    }
    Bytes frame(ZSTD_compressBound(kBlock));
    std::size_t zstd_size = 0;
    for (const std::size_t start : {std::size_t{0}, kBlock / 2})
      zstd_size += ZSTD_compress(frame.data(), frame.size(), &planes[start], kBlock / 2, 3);
    const std::size_t size =
        encode_delta(best_kernels(), pair.tuned, pair.base, {FloatType::Bf16}, scratch);
    EXPECT_LE(size * 4, zstd_size * 3) << distance;
  }
}

}  // namespace
}  // namespace granary::codec
