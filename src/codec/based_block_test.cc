// Tests of based blocks: what is written is read, known bytes, and hostile heads.
#include "codec/based_block.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/limits.h"
#include "codec/block.h"
#include "codec/delta.h"
#include "codec/weights_testing.h"

namespace granary::codec {
namespace {

XorbHash hash_of(std::uint8_t byte) {
  XorbHash hash;
  hash.bytes.fill(std::byte{byte});
  return hash;
}

Bytes kept(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

class BasedBlockTest : public ::testing::Test {
 protected:
  BasedBlockTest() {
    const std::size_t size = encode_delta(best_kernels(), tuned_, base_,
                                          {.type = FloatType::Bf16, .phase = 0}, scratch_);
    delta_ = kept(scratch_.coded().first(size));
  }
  /// Weights of two runs of a base, between two runs that are stored as they are.
  std::vector<Section> sections() const {
    return {{.codec = CodecId::Raw, .size_bytes = lead_.size(), .coded = lead_, .base = {}},
            {.codec = CodecId::Delta,
             .size_bytes = tuned_.size(),
             .coded = delta_,
             .base = {{hash_of(1), 100, 6000}, {hash_of(2), 0, 2000}}},
            {.codec = CodecId::Raw, .size_bytes = lead_.size(), .coded = lead_, .base = {}}};
  }
  std::size_t size_bytes() const { return tuned_.size() + 2 * lead_.size(); }
  static Bytes written(const std::vector<Section>& sections) {
    Bytes coded;
    put_sections(coded, sections);
    return coded;
  }

  Scratch scratch_;
  Bytes base_ = transformer_weights(1, 8000, put_bf16);
  Bytes tuned_ = base_;
  Bytes delta_;
  Bytes lead_ = transformer_weights(2, 10, put_bf16);
};

TEST_F(BasedBlockTest, WhatIsWrittenIsReadAndDecoded) {
  const Bytes coded = written(sections());
  const auto read = parse_sections(coded, size_bytes());
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 3u);
  EXPECT_EQ((*read)[1].base, sections()[1].base);
  Bytes out(size_bytes());
  std::span<std::byte> rest = out;
  for (const Section& section : *read) {
    const ByteView base = needs_base(section.codec) ? ByteView(base_) : ByteView();
    ASSERT_TRUE(
        decode_section(best_kernels(), section, base, rest.first(section.size_bytes), scratch_));
    rest = rest.subspan(section.size_bytes);
  }
  Bytes expected = lead_;
  put_bytes(expected, tuned_);
  put_bytes(expected, lead_);
  EXPECT_EQ(out, expected);
}

TEST_F(BasedBlockTest, StretchesThatGoOnTakeFourBytesEach) {
  Section section = sections()[1];
  section.base = {{hash_of(1), 1000, 8}};
  const std::size_t one = written({section}).size();
  for (std::uint32_t row = 1; row < 100; ++row) {
    section.base.push_back({hash_of(1), 1000 + 4096 * row, 8});
  }
  EXPECT_LE(written({section}).size(), one + 4 * 99);
}

TEST_F(BasedBlockTest, IsAsTheFormatPageShows) {
  const Bytes raw = kept(as_bytes("abc"));
  const std::vector<Section> sections = {
      {.codec = CodecId::Raw, .size_bytes = 3, .coded = raw, .base = {}},
      {.codec = CodecId::Delta,
       .size_bytes = 300,
       .coded = as_bytes("wxyz"),
       .base = {{hash_of(0xAB), 70, 200}, {hash_of(0xAB), 20, 100}}}};
  std::string xorb;
  for (int i = 0; i < 32; ++i) xorb += "ab";
  EXPECT_EQ(to_hex(written(sections)), "01" + xorb + "02" + "000303" + "08ac0204" + "02" +
                                           "00c8018c01" + "0064f303" + "616263" + "7778797a");
}

TEST_F(BasedBlockTest, EveryCutIsCorrupt) {
  const Bytes coded = written(sections());
  for (std::size_t size = 0; size < coded.size(); ++size) {
    const auto read = parse_sections(ByteView(coded).first(size), size_bytes());
    ASSERT_FALSE(read) << size;
    EXPECT_EQ(read.error().kind, ErrorKind::Corrupt);
  }
  Bytes longer = coded;
  longer.push_back({});
  EXPECT_FALSE(parse_sections(longer, size_bytes()));
  EXPECT_FALSE(parse_sections(coded, size_bytes() - 1));
  EXPECT_FALSE(parse_sections(coded, size_bytes() + 1));
}

TEST_F(BasedBlockTest, ABaseMustHaveTheSizeThatDecodingNeeds) {
  std::vector<Section> short_base = sections();
  short_base[1].base[1].size_bytes -= 2;
  EXPECT_FALSE(parse_sections(written(short_base), size_bytes()));
  std::vector<Section> outside = sections();
  outside[1].base[1].offset_bytes = static_cast<std::uint32_t>(limits::kXorbSizeBytesMax) - 1999;
  EXPECT_FALSE(parse_sections(written(outside), size_bytes()));
}

TEST_F(BasedBlockTest, ASectionOfAnUnknownCodecIsCorrupt) {
  Bytes coded = written(sections());
  const std::size_t codec_at = 1 + 2 * XorbHash::kSizeBytes + 1;
  coded[codec_at] = std::byte{99};
  EXPECT_FALSE(parse_sections(coded, size_bytes()));
}

TEST_F(BasedBlockTest, MoreThanABlockMayHoldIsTold) {
  std::vector<Section> many(kSectionCountMax + 1, sections()[0]);
  EXPECT_FALSE(are_within_limits(many));
  many.pop_back();
  EXPECT_TRUE(are_within_limits(many));
  Section section = sections()[1];
  section.base.assign(kBaseStretchCountMax + 1, {hash_of(1), 0, 1});
  EXPECT_FALSE(are_within_limits(std::vector{section}));
}

}  // namespace
}  // namespace granary::codec
