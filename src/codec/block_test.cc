// Tests of the block codecs: round trips, the choice of a codec, and hostile coded bytes.
#include "codec/block.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <bit>
#include <cmath>
#include <random>
#include <string>

#include "base/limits.h"
#include "codec/block_checksum.h"
#include "codec/sample.h"
#include "codec/zstd_codec.h"

namespace granary::codec {
namespace {

constexpr std::size_t kBlock = limits::kBlockSizeBytes;

Bytes random_bytes(std::uint64_t seed, std::size_t size) {
  std::mt19937_64 numbers(seed);
  Bytes bytes;
  while (bytes.size() < size) put_u64(bytes, numbers());
  bytes.resize(size);
  return bytes;
}

Bytes json_text(std::size_t size) {
  std::mt19937_64 numbers(1);
  std::string text = "{\"vocab\":{";
  while (text.size() < size) {
    std::string word;
    for (std::uint64_t n = numbers(); n > 0; n /= 20'000) word += static_cast<char>('a' + n % 26);
    text += "\"" + word + "\":" + std::to_string(numbers() % 100'000) + ",";
  }
  return {as_bytes(text).begin(), as_bytes(text).begin() + static_cast<std::ptrdiff_t>(size)};
}

// Normal weights of one element type: `put` writes one.
template <class Put>
Bytes weights(std::size_t size, Put put) {
  std::mt19937_64 numbers(2);
  std::normal_distribution<float> normal(0, 0.02F);
  Bytes bytes;
  while (bytes.size() < size) put(bytes, normal(numbers));
  return bytes;
}

std::uint32_t bits_of(float value) { return std::bit_cast<std::uint32_t>(value); }
void put_f32(Bytes& out, float value) { put_u32(out, bits_of(value)); }
void put_bf16(Bytes& out, float value) {
  put_u16(out, static_cast<std::uint16_t>(bits_of(value) >> 16));
}
void put_upcast(Bytes& out, float value) { put_u32(out, bits_of(value) & 0xFFFF0000); }
void put_int8(Bytes& out, float value) {
  put_u8(out, static_cast<std::uint8_t>(static_cast<std::int8_t>(std::lround(value * 1500))));
}

Bytes round_trip(const CodedBlock& block, std::size_t size) {
  Bytes out(size);
  const auto done = decode_block(block.codec, block.bytes, out);
  EXPECT_TRUE(done) << done.error().message;
  return out;
}

TEST(Block, TextIsCodedAndComesBack) {
  const Bytes original = json_text(kBlock);
  Bytes scratch;
  const CodedBlock block = encode_block(original, scratch);
  EXPECT_EQ(block.codec, CodecId::Zstd);
  EXPECT_LT(block.bytes.size(), original.size() * 3 / 4);
  EXPECT_EQ(round_trip(block, original.size()), original);
}

TEST(Block, WeightsStayRawWithoutACopy) {
  const std::vector<Bytes> kinds = {weights(kBlock, put_bf16), weights(kBlock, put_f32),
                                    weights(kBlock, put_int8), random_bytes(3, kBlock)};
  for (const Bytes& original : kinds) {
    Bytes scratch;
    const CodedBlock block = encode_block(original, scratch);
    EXPECT_EQ(block.codec, CodecId::Raw);
    EXPECT_EQ(block.bytes.data(), original.data());
    EXPECT_TRUE(scratch.empty());
    EXPECT_EQ(round_trip(block, original.size()), original);
  }
}

TEST(Block, ZerosAndUpcastWeightsAreCoded) {
  for (const Bytes& original : {Bytes(kBlock), weights(kBlock, put_upcast)}) {
    Bytes scratch;
    const CodedBlock block = encode_block(original, scratch);
    EXPECT_EQ(block.codec, CodecId::Zstd);
    EXPECT_LT(block.bytes.size(), original.size() * 3 / 5);
    EXPECT_EQ(round_trip(block, original.size()), original);
  }
}

TEST(Block, OfEverySizeComesBack) {
  const Bytes text = json_text(5000);
  const Bytes random = random_bytes(4, 5000);
  for (std::size_t size = 1; size <= 5000; size += 1 + size / 20) {
    for (const Bytes& source : {text, random}) {
      Bytes scratch;
      const ByteView original = ByteView(source).first(size);
      const CodedBlock block = encode_block(original, scratch);
      if (block.codec == CodecId::Zstd)
        EXPECT_LE(block.bytes.size(), size - least_gain_bytes(size));
      EXPECT_TRUE(std::ranges::equal(round_trip(block, size), original)) << size;
    }
  }
}

TEST(Block, ThatCodingWouldNotShrinkStaysRaw) {
  // Text to the sampler, since it has no control characters, but nothing to gain.
  std::mt19937_64 numbers(5);
  Bytes original(kBlock);
  for (auto& byte : original) byte = static_cast<std::byte>(' ' + numbers() % 160);
  EXPECT_TRUE(is_worth_zstd(original));
  Bytes scratch;
  const CodedBlock block = encode_block(original, scratch);
  if (block.codec == CodecId::Zstd) EXPECT_LT(block.bytes.size() * 50, original.size() * 49);
  EXPECT_EQ(round_trip(block, original.size()), original);
}

TEST(Block, OfAWrongSizeIsCorrupt) {
  const Bytes original = json_text(10'000);
  Bytes scratch;
  const CodedBlock block = encode_block(original, scratch);
  ASSERT_EQ(block.codec, CodecId::Zstd);
  for (std::size_t size : {0UL, 1UL, 9'999UL, 10'001UL, kBlock, kBlock + 1}) {
    Bytes out(size);
    const auto done = decode_block(block.codec, block.bytes, out);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, ErrorKind::Corrupt);
    EXPECT_FALSE(decode_block(CodecId::Raw, original, out));
  }
}

TEST(Block, CutShortOrDamagedIsCorruptOrOtherBytesButNeverMore) {
  const Bytes original = json_text(20'000);
  Bytes scratch;
  const ByteView coded = encode_block(original, scratch).bytes;
  Bytes out(original.size());
  for (std::size_t size = 0; size < coded.size(); size += 1 + size / 50)
    EXPECT_FALSE(decode_block(CodecId::Zstd, coded.first(size), out)) << size;
  for (std::size_t bit = 0; bit < coded.size() * 8; bit += 97) {
    Bytes damaged(coded.begin(), coded.end());
    damaged[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    EXPECT_NE(block_checksum(damaged), block_checksum(coded));
    const auto done = decode_block(CodecId::Zstd, damaged, out);
    if (!done) EXPECT_EQ(done.error().kind, ErrorKind::Corrupt);
  }
}

TEST(Block, FramesThatHideBytesAreCorrupt) {
  const Bytes original = json_text(1000);
  Bytes frame(2000);
  frame.resize(encode_zstd(original, frame));
  Bytes out(original.size());
  ASSERT_TRUE(decode_zstd(frame, out));

  Bytes twice = frame;
  put_bytes(twice, frame);
  Bytes twice_out(2 * original.size());
  EXPECT_FALSE(decode_zstd(twice, twice_out));

  Bytes trailing = frame;
  put_u8(trailing, 0);
  EXPECT_FALSE(decode_zstd(trailing, out));

  Bytes skipped;
  put_u32(skipped, ZSTD_MAGIC_SKIPPABLE_START);
  put_u32(skipped, 4);
  put_u32(skipped, 0);
  Bytes none;
  EXPECT_FALSE(decode_zstd(skipped, none));
  put_bytes(skipped, frame);
  EXPECT_FALSE(decode_zstd(skipped, out));
}

TEST(Block, AFrameThatClaimsAHugeContentAllocatesNothing) {
  Bytes frame;
  put_u32(frame, ZSTD_MAGICNUMBER);
  put_u8(frame, 0xE0);  // single segment, content size in 8 bytes
  put_u64(frame, std::uint64_t{1} << 62);
  put_u8(frame, 0x01);  // an empty last block
  put_u16(frame, 0);
  Bytes out(64);
  EXPECT_FALSE(decode_zstd(frame, out));
}

TEST(Codec, NumbersAreFixedAndOthersAreCorrupt) {
  EXPECT_EQ(parse_codec(0).value(), CodecId::Raw);
  EXPECT_EQ(parse_codec(1).value(), CodecId::Zstd);
  EXPECT_EQ(name_of(CodecId::Raw), "raw");
  EXPECT_EQ(name_of(CodecId::Zstd), "zstd");
  for (int number = 2; number < 256; ++number) {
    const auto codec = parse_codec(static_cast<std::uint8_t>(number));
    ASSERT_FALSE(codec);
    EXPECT_EQ(codec.error().kind, ErrorKind::Corrupt);
    Bytes out(1);
    EXPECT_FALSE(decode_block(static_cast<CodecId>(number), out, out));
  }
}

TEST(BlockChecksum, IsXxh3OfSeedZero) {
  // Values that the xxHash project's own sanity tests hold for the empty input and seed 0.
  EXPECT_EQ(block_checksum({}), 0x2D06800538D394C2U);
  EXPECT_NE(block_checksum(as_bytes("a")), block_checksum(as_bytes("b")));
}

}  // namespace
}  // namespace granary::codec
