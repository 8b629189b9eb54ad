// Tests of the block codecs: round trips, the choice of a codec, and hostile coded bytes.
#include "codec/block.h"

#include <gtest/gtest.h>

#include <zstd.h>

#include <array>
#include <map>
#include <random>
#include <string>

#include "base/limits.h"
#include "codec/block_checksum.h"
#include "codec/weights_testing.h"
#include "codec/zstd_codec.h"

namespace granary::codec {
namespace {

constexpr std::size_t kBlock = limits::kBlockSizeBytes;

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

class BlockTest : public ::testing::Test {
 protected:
  CodedBlock encode(ByteView original, ElementHint hint = {}) {
    return encode_block(best_kernels(), original, hint, scratch_);
  }
  Result<void> decode(CodecId codec, ByteView coded, std::span<std::byte> out) {
    return decode_block(best_kernels(), codec, coded, out, decoding_);
  }
  Bytes round_trip(const CodedBlock& block, std::size_t size) {
    Bytes out(size);
    const auto done = decode(block.codec, block.bytes, out);
    EXPECT_TRUE(done) << done.error().message;
    return out;
  }

  Scratch scratch_;
  Scratch decoding_;
};

TEST_F(BlockTest, TextIsCodedAndComesBack) {
  const Bytes original = json_text(kBlock);
  const CodedBlock block = encode(original);
  EXPECT_EQ(block.codec, CodecId::Zstd);
  EXPECT_LT(block.bytes.size(), original.size() * 3 / 4);
  EXPECT_EQ(round_trip(block, original.size()), original);
}

TEST_F(BlockTest, NoiseStaysRawWithoutACopy) {
  const Bytes original = random_bytes(3, kBlock);
  const CodedBlock block = encode(original);
  EXPECT_EQ(block.codec, CodecId::Raw);
  EXPECT_EQ(block.bytes.data(), original.data());
  EXPECT_EQ(round_trip(block, original.size()), original);
}

struct Kind {
  ElementType type;
  std::size_t element_size_bytes;
  Bytes weights;
  double least_ratio;
};

std::vector<Kind> kinds_of_weights() {
  const auto make = [](auto put) { return transformer_weights(2, kBlock + 8, put); };
  return {{ElementType::Bf16, 2, make(put_bf16), 1.49},
          {ElementType::Fp16, 2, make(put_fp16), 1.15},
          {ElementType::Fp32, 4, make(put_fp32), 1.18},
          {ElementType::Fp32, 4, make(put_upcast_bf16), 2.95},
          {ElementType::Fp8, 1, make(put_fp8), 1.18},
          {ElementType::Int8, 1, make(put_int8), 1.1}};
}

TEST_F(BlockTest, WeightsAreCodedByTheirTypeOrByALookAtThemAtAnyPhase) {
  for (const Kind& kind : kinds_of_weights()) {
    for (std::size_t phase = 0; phase < kind.element_size_bytes; ++phase) {
      const std::size_t cut = phase == 0 ? 0 : kind.element_size_bytes - phase;
      const ByteView original = ByteView(kind.weights).subspan(cut, kBlock);
      for (const ElementHint hint : {ElementHint{kind.type, phase}, ElementHint{}}) {
        const CodedBlock block = encode(original, hint);
        EXPECT_GE(double(kBlock) / double(block.bytes.size()), kind.least_ratio)
            << name_of(block.codec) << " at phase " << phase;
        EXPECT_TRUE(std::ranges::equal(round_trip(block, kBlock), original));
      }
    }
  }
}

TEST_F(BlockTest, AWrongHintCostsSizeAndNothingElse) {
  for (const Kind& kind : kinds_of_weights()) {
    for (const ElementType type : {ElementType::Bf16, ElementType::Fp16, ElementType::Fp32,
                                   ElementType::Fp8, ElementType::Int8}) {
      const ByteView original = ByteView(kind.weights).first(kBlock);
      const CodedBlock block = encode(original, {type, 999});
      EXPECT_LE(block.bytes.size(), kBlock);
      EXPECT_TRUE(std::ranges::equal(round_trip(block, kBlock), original));
    }
  }
}

TEST_F(BlockTest, OneByteRepeatedTakesOneByte) {
  const Bytes original(kBlock, std::byte{'z'});
  const CodedBlock block = encode(original);
  EXPECT_EQ(block.codec, CodecId::Constant);
  EXPECT_EQ(to_hex(block.bytes), "7a");
  EXPECT_EQ(round_trip(block, kBlock), original);
  EXPECT_EQ(encode(ByteView(original).first(1)).codec, CodecId::Raw);
  Bytes out(5);
  EXPECT_FALSE(decode(CodecId::Constant, {}, out));
  EXPECT_FALSE(decode(CodecId::Constant, as_bytes("ab"), out));
}

TEST_F(BlockTest, TablesOfNumbersGoToZstdWhereThatIsMuchSmaller) {
  Bytes original;
  for (std::uint32_t i = 0; original.size() < kBlock; ++i) put_u32(original, i / 100);
  const CodedBlock block = encode(original);
  EXPECT_EQ(block.codec, CodecId::Zstd);
  EXPECT_EQ(round_trip(block, kBlock), original);
}

TEST_F(BlockTest, OfEverySizeComesBack) {
  const Bytes text = json_text(5000);
  const Bytes random = random_bytes(4, 5000);
  for (std::size_t size = 1; size <= 5000; size += 1 + size / 20) {
    for (const Bytes& source : {text, random}) {
      const ByteView original = ByteView(source).first(size);
      const CodedBlock block = encode(original);
      if (block.codec != CodecId::Raw) EXPECT_LE(block.bytes.size(), size - least_gain_bytes(size));
      EXPECT_TRUE(std::ranges::equal(round_trip(block, size), original)) << size;
    }
  }
}

TEST_F(BlockTest, ThatCodingWouldNotShrinkStaysRaw) {
  // Text to the sampler, since it has no control characters, but nothing to gain.
  std::mt19937_64 numbers(5);
  Bytes original(kBlock);
  for (auto& byte : original) byte = static_cast<std::byte>(' ' + numbers() % 160);
  const CodedBlock block = encode(original);
  if (block.codec != CodecId::Raw) EXPECT_LT(block.bytes.size() * 50, original.size() * 49);
  EXPECT_EQ(round_trip(block, original.size()), original);
}

TEST_F(BlockTest, OfAWrongSizeIsCorrupt) {
  const Bytes original = json_text(10'000);
  const CodedBlock block = encode(original);
  ASSERT_EQ(block.codec, CodecId::Zstd);
  for (std::size_t size : {0UL, 1UL, 9'999UL, 10'001UL, kBlock, kBlock + 1}) {
    Bytes out(size);
    const auto done = decode(block.codec, block.bytes, out);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, ErrorKind::Corrupt);
    EXPECT_FALSE(decode(CodecId::Raw, original, out));
  }
}

TEST_F(BlockTest, CutShortOrDamagedIsCorruptOrOtherBytesButNeverMore) {
  const Bytes original = json_text(20'000);
  const ByteView coded = encode(original).bytes;
  Bytes out(original.size());
  for (std::size_t size = 0; size < coded.size(); size += 1 + size / 50)
    EXPECT_FALSE(decode(CodecId::Zstd, coded.first(size), out)) << size;
  for (std::size_t bit = 0; bit < coded.size() * 8; bit += 97) {
    Bytes damaged(coded.begin(), coded.end());
    damaged[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    EXPECT_NE(block_checksum(damaged), block_checksum(coded));
    const auto done = decode(CodecId::Zstd, damaged, out);
    if (!done) EXPECT_EQ(done.error().kind, ErrorKind::Corrupt);
  }
}

TEST_F(BlockTest, FramesThatHideBytesAreCorrupt) {
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

TEST_F(BlockTest, AFrameThatClaimsAHugeContentAllocatesNothing) {
  Bytes frame;
  put_u32(frame, ZSTD_MAGICNUMBER);
  put_u8(frame, 0xE0);  // single segment, content size in 8 bytes
  put_u64(frame, std::uint64_t{1} << 62);
  put_u8(frame, 0x01);  // an empty last block
  put_u16(frame, 0);
  Bytes out(64);
  EXPECT_FALSE(decode_zstd(frame, out));
}

TEST_F(BlockTest, CodecNumbersAreFixedAndOthersAreCorrupt) {
  const std::map<int, std::string_view> names = {
      {0, "raw"},   {1, "zstd"},        {2, "constant"},    {3, "bf16"},
      {4, "fp16"},  {5, "fp32"},        {6, "fp8"},         {7, "bytes"},
      {8, "delta"}, {9, "gguf-fields"}, {10, "gguf-parent"}};
  for (int number = 0; number < 256; ++number) {
    const auto codec = parse_codec(static_cast<std::uint8_t>(number));
    if (const auto name = names.find(number); name != names.end()) {
      EXPECT_EQ(name_of(codec.value()), name->second);
      continue;
    }
    ASSERT_FALSE(codec);
    EXPECT_EQ(codec.error().kind, ErrorKind::Corrupt);
    Bytes out(1);
    EXPECT_FALSE(decode(static_cast<CodecId>(number), out, out));
  }
}

TEST(BlockChecksum, IsXxh3OfSeedZero) {
  // Values that the xxHash project's own sanity tests hold for the empty input and seed 0.
  EXPECT_EQ(block_checksum({}), 0x2D06800538D394C2U);
  EXPECT_NE(block_checksum(as_bytes("a")), block_checksum(as_bytes("b")));
}

}  // namespace
}  // namespace granary::codec
