// Recoding by bases: files come back as they were, depend on one base at most, and keep it.
#include "store/related_coder.h"

#include "codec/half.h"
#include "codec/quants_testing.h"
#include "store/fsck.h"
#include "store/store_testing.h"

namespace granary::store {
namespace {

constexpr std::size_t kSize = 1'500'000;

class RelatedTest : public StoreTest {
 protected:
  RelatedTest() { restart({}, {.code_at_ingest = false}); }

  meta::CodingStore& codings() { return facts_->codings(); }
  meta::Xorb put_xorb(ByteView bytes) {
    const meta::NewContent content = put(bytes);
    return codings().find_xorb(content.xorbs.at(0).hash).value();
  }
  static std::shared_ptr<const std::vector<StoredStretch>> all_of(const meta::Xorb& xorb,
                                                                  std::uint32_t skip = 0) {
    return std::make_shared<const std::vector<StoredStretch>>(std::vector<StoredStretch>{
        {xorb.id, xorb.hash, skip, static_cast<std::uint32_t>(xorb.size_bytes) - skip}});
  }
  /// All of `xorb` but its first `lead` bytes is a tensor of BF16, tuned from the base's.
  static Relations tuned(const meta::Xorb& xorb, const meta::Xorb& base, std::uint32_t lead = 0) {
    return {{.begin_bytes = lead,
             .end_bytes = static_cast<std::uint32_t>(xorb.size_bytes),
             .tensor_offset_bytes = 0,
             .elements = codec::elements_of("BF16"),
             .relation = TunedFrom{codec::FloatType::Bf16},
             .base = all_of(base)}};
  }
  Result<Recoded> recode(const meta::Xorb& xorb, Relations relations) {
    return store_->recode(xorb, {.policy = 1, .relations = std::move(relations)});
  }
  void expect_sound() {
    const auto report = fsck(*facts_, *objects_, {.data = true, .progress = {}});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_TRUE(report->is_sound()) << report->findings.front();
  }
  std::uint64_t stored(const meta::Xorb& xorb) {
    return content().read_xorb(xorb.id)->stored_size_bytes;
  }
  static Bytes moved(Bytes weights, std::size_t every) {
    for (std::size_t at = 0; at < weights.size(); at += every) weights[at] ^= std::byte{1};
    return weights;
  }

  const Bytes base_ = codec::transformer_weights(1, kSize, codec::put_bf16);
  const Bytes tuned_ = moved(base_, 64);
};

TEST_F(RelatedTest, ATunedFileTakesAFractionAndComesBack) {
  const meta::Xorb base = put_xorb(base_);
  const Bytes lead = random_bytes(1, 1001);
  const Bytes file = joined({lead, tuned_});
  const meta::Xorb xorb = put_xorb(file);
  const auto recoded = recode(xorb, tuned(xorb, base, 1001));
  ASSERT_TRUE(recoded) << recoded.error().message;
  EXPECT_LT(stored(xorb), file.size() / 8);
  EXPECT_EQ(codings().bases_of(xorb.id).value(), std::vector{base.id});
  EXPECT_EQ(get(file).value(), file);
  for (const std::uint64_t at : {0U, 1000U, 262'000U, 777'777U}) {
    EXPECT_EQ(get(sha256_of(file), at, 5000).value(),
              Bytes(file.begin() + static_cast<std::ptrdiff_t>(at),
                    file.begin() + static_cast<std::ptrdiff_t>(at) + 5000));
  }
  expect_sound();
}

TEST_F(RelatedTest, TheBaseMayItselfBeRecodedBeforeAndAfter) {
  const meta::Xorb base = put_xorb(base_);
  ASSERT_GT(recode(base, {})->saved_size_bytes, 0u);
  const meta::Xorb xorb = put_xorb(tuned_);
  ASSERT_GT(recode(xorb, tuned(xorb, base))->saved_size_bytes, 0u);
  ASSERT_TRUE(store_->remove_replaced());
  EXPECT_EQ(get(tuned_).value(), tuned_);
  restart();
  EXPECT_EQ(get(tuned_).value(), tuned_);
  EXPECT_EQ(get(base_).value(), base_);
  expect_sound();
}

TEST_F(RelatedTest, ABaseThatForetellsNothingIsNotUsed) {
  const meta::Xorb base = put_xorb(codec::transformer_weights(9, kSize, codec::put_bf16));
  const meta::Xorb xorb = put_xorb(base_);
  ASSERT_TRUE(recode(xorb, tuned(xorb, base)));
  EXPECT_TRUE(codings().bases_of(xorb.id)->empty());
  EXPECT_LT(stored(xorb), base_.size() * 7 / 10) << "coded alone";
  EXPECT_EQ(get(base_).value(), base_);
}

TEST_F(RelatedTest, WhatNeedsABaseIsNone) {
  const meta::Xorb base = put_xorb(base_);
  const meta::Xorb middle = put_xorb(tuned_);
  ASSERT_TRUE(recode(middle, tuned(middle, base)));
  const Bytes last_bytes = moved(tuned_, 128);
  const meta::Xorb last = put_xorb(last_bytes);
  const auto refused = recode(last, tuned(last, middle));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Corrupt) << "a base is read through no other";
  EXPECT_EQ(get(last_bytes).value(), last_bytes);
  EXPECT_EQ(get(tuned_).value(), tuned_);
}

TEST_F(RelatedTest, ABaseOfOthersIsNotCodedByOne) {
  const meta::Xorb base = put_xorb(base_);
  const meta::Xorb xorb = put_xorb(tuned_);
  const meta::Xorb third = put_xorb(moved(base_, 256));
  ASSERT_TRUE(recode(xorb, tuned(xorb, base)));
  const auto refused = recode(base, tuned(base, third));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Conflict);
  EXPECT_EQ(get(base_).value(), base_);
  EXPECT_EQ(get(tuned_).value(), tuned_);
  expect_sound();
}

TEST_F(RelatedTest, ADamagedBaseEndsTheReadAndNeverGivesOtherBytes) {
  const meta::Xorb base = put_xorb(base_);
  const meta::Xorb xorb = put_xorb(tuned_);
  ASSERT_TRUE(recode(xorb, tuned(xorb, base)));
  ASSERT_TRUE(store_->remove_replaced());
  restart();
  flip_bit(path_of(base.hash), 8 * 300'000);
  EXPECT_EQ(get(sha256_of(tuned_), 0, 1000).value(), Bytes(tuned_.begin(), tuned_.begin() + 1000));
  const auto read = get(tuned_);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::Corrupt);
  const auto report = fsck(*facts_, *objects_, {.data = true, .progress = {}}).value();
  EXPECT_FALSE(report.is_sound());
}

TEST_F(RelatedTest, QuantisedBlocksAreForetoldByTheirParent) {
  Bytes f32;
  for (std::size_t at = 0; at + 2 <= base_.size(); at += 2) {
    put_u16(f32, 0);
    put_bytes(f32, ByteView(base_).subspan(at, 2));
  }
  const meta::Xorb parent = put_xorb(base_);
  const meta::Xorb xorb = put_xorb(f32);
  const Relations relations = {
      {.begin_bytes = 0,
       .end_bytes = static_cast<std::uint32_t>(xorb.size_bytes),
       .tensor_offset_bytes = 0,
       .elements = codec::elements_of("F32"),
       .relation = QuantisedFrom{codec::QuantType::F32, codec::FloatType::Bf16},
       .base = all_of(parent)}};
  ASSERT_TRUE(recode(xorb, relations));
  EXPECT_LT(stored(xorb), f32.size() / 100);
  EXPECT_EQ(get(f32).value(), f32);
  expect_sound();
}

TEST_F(RelatedTest, QuantisedBlocksWithoutABaseAreCodedByTheirFields) {
  const Bytes lead = random_bytes(1, 1001);
  const Bytes file = joined({lead, codec::quantised(codec::QuantType::Q4_0, kSize)});
  const meta::Xorb xorb = put_xorb(file);
  ASSERT_EQ(recode(xorb, {})->saved_size_bytes, 0u) << "nobody can tell from their bytes";
  const Relations relations = {{.begin_bytes = 1001,
                                .end_bytes = static_cast<std::uint32_t>(xorb.size_bytes),
                                .tensor_offset_bytes = 0,
                                .elements = codec::elements_of("Q4_0"),
                                .relation = {},
                                .base = nullptr}};
  // The header may come when the xorb was seen: then only bases are looked for, and this.
  ASSERT_TRUE(store_->recode(content().read_xorb(xorb.id).value(),
                             {.policy = 1, .relations = relations, .bases_only = true}));
  EXPECT_LT(stored(xorb), file.size() * 93 / 100);
  const auto usage = codings().read_usage({}).value();
  ASSERT_FALSE(usage.shares.empty());
  EXPECT_EQ(usage.shares.back().codec, static_cast<std::uint8_t>(codec::CodecId::GgufFields));
  EXPECT_TRUE(codings().bases_of(xorb.id)->empty());
  EXPECT_EQ(get(file).value(), file);
  expect_sound();
}

TEST_F(RelatedTest, AParentMayBeReadDirectlyAtFirstAndThenByFp16) {
  // So small that FP16 has fewer digits for them.
  const Bytes tiny = codec::transformer_weights(
      1, kSize, [](Bytes& out, float weight) { codec::put_bf16(out, weight * 1e-4F); });
  Bytes f32;
  for (std::size_t at = 0; at + 2 <= tiny.size(); at += 2) {
    const auto bf16 =
        static_cast<std::uint32_t>(tiny[at]) << 16 | static_cast<std::uint32_t>(tiny[at + 1]) << 24;
    const bool by_half = at >= tiny.size() / 2;
    put_u32(f32, by_half ? codec::bits_of_half(codec::half_of_bits(bf16)) : bf16);
  }
  const meta::Xorb parent = put_xorb(tiny);
  const meta::Xorb xorb = put_xorb(f32);
  const Relations relations = {
      {.begin_bytes = 0,
       .end_bytes = static_cast<std::uint32_t>(xorb.size_bytes),
       .tensor_offset_bytes = 0,
       .elements = codec::elements_of("F32"),
       .relation = QuantisedFrom{codec::QuantType::F32, codec::FloatType::Bf16},
       .base = all_of(parent)}};
  ASSERT_TRUE(recode(xorb, relations));
  // But for the block in which it changes.
  EXPECT_LT(stored(xorb), f32.size() / 15);
  EXPECT_EQ(get(f32).value(), f32);
  expect_sound();
}

TEST_F(RelatedTest, ShortBasesAndRunsOutOfStepOnlyCostSize) {
  const meta::Xorb base = put_xorb(base_);
  const meta::Xorb xorb = put_xorb(tuned_);
  Relations relations = tuned(xorb, base);
  relations[0].base = all_of(base, 700'001);
  relations[0].tensor_offset_bytes = 3;
  ASSERT_TRUE(recode(xorb, relations));
  EXPECT_EQ(get(tuned_).value(), tuned_);
  expect_sound();
}

}  // namespace
}  // namespace granary::store
