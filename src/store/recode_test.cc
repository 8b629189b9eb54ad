// Recoding: a better object takes the old one's place, and nothing else changes.
#include "store/store_testing.h"

#include "codec/block.h"
#include "store/fsck.h"
#include "store/xorb_reader.h"

namespace granary::store {
namespace {

constexpr std::uint32_t kPolicy = 1;

Bytes text_of(std::size_t size) {
  std::string text;
  while (text.size() < size) text += "line " + std::to_string(text.size() * 7919 % 10'007) + "\n";
  const ByteView bytes = as_bytes(text);
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)};
}

class RecodeTest : public StoreTest {
 protected:
  RecodeTest() { restart({}, {.code_at_ingest = false}); }

  meta::CodingStore& codings() { return facts_->codings(); }
  meta::Xorb only_xorb() { return codings().list_below(99, {}, 10).value().at(0); }
  Result<Recoded> recode(RecodeOptions options = {}) {
    options.policy = kPolicy;
    return store_->recode(only_xorb(), options);
  }
  void expect_sound() {
    const auto report = fsck(*facts_, *objects_, {.data = true, .progress = {}});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_TRUE(report->is_sound()) << report->findings.front();
  }
  std::size_t object_count() {
    std::size_t count = 0;
    EXPECT_TRUE(objects_->for_each([&](const object::ObjectName&) -> Result<void> {
      ++count;
      return {};
    }));
    return count;
  }

  const Bytes text_ = text_of(1'300'000);
};

TEST_F(RecodeTest, RawBlocksAreCodedAndTheFileStaysTheSame) {
  put(text_);
  const meta::Xorb before = only_xorb();
  EXPECT_GT(before.stored_size_bytes, text_.size()) << "nothing was coded at ingest";
  const auto recoded = recode();
  ASSERT_TRUE(recoded) << recoded.error().message;
  const meta::Xorb after = only_xorb();
  EXPECT_EQ(after.id, before.id);
  EXPECT_EQ(after.generation, before.generation + 1);
  EXPECT_EQ(recoded->saved_size_bytes, before.stored_size_bytes - after.stored_size_bytes);
  EXPECT_LT(after.stored_size_bytes, text_.size() / 2);
  EXPECT_EQ(get(text_).value(), text_);
  EXPECT_EQ(object_count(), 2u);
  EXPECT_EQ(store_->remove_replaced().value(), 1u);
  EXPECT_EQ(store_->remove_replaced().value(), 0u);
  EXPECT_EQ(object_count(), 1u);
  EXPECT_EQ(get(text_).value(), text_);
  expect_sound();
  restart();
  EXPECT_EQ(get(text_).value(), text_);
}

TEST_F(RecodeTest, SharesSayWhatEachCodecHolds) {
  put(joined({text_of(300'000), random_bytes(1, 600'000)}));
  ASSERT_TRUE(recode());
  const auto usage = codings().read_usage({}).value();
  EXPECT_EQ(usage.unseen_size_bytes, 0u);
  ASSERT_EQ(usage.shares.size(), 2u);
  EXPECT_EQ(usage.shares[0].codec, static_cast<std::uint8_t>(codec::CodecId::Raw));
  EXPECT_EQ(usage.shares[0].size_bytes, usage.shares[0].coded_size_bytes);
  EXPECT_EQ(usage.shares[1].codec, static_cast<std::uint8_t>(codec::CodecId::Zstd));
  EXPECT_LT(usage.shares[1].coded_size_bytes, usage.shares[1].size_bytes / 2);
  EXPECT_EQ(usage.shares[0].size_bytes + usage.shares[1].size_bytes, 900'000u);
}

TEST_F(RecodeTest, WhatDoesNotGainStaysInItsObject) {
  put(random_bytes(1, 700'000));
  EXPECT_EQ(recode().value().saved_size_bytes, 0u);
  EXPECT_EQ(only_xorb().generation, 0u);
  EXPECT_EQ(object_count(), 1u);
  EXPECT_TRUE(codings().list_below(kPolicy, {}, 10)->empty()) << "it is not looked at again";
}

TEST_F(RecodeTest, LookingOnlyWritesNothing) {
  put(text_);
  EXPECT_EQ(recode({.look_only = true}).value().saved_size_bytes, 0u);
  EXPECT_EQ(only_xorb().generation, 0u);
  EXPECT_EQ(codings().read_usage({})->unseen_size_bytes, 0u);
}

TEST_F(RecodeTest, AReaderUnderWayIsNotDisturbed) {
  put(text_);
  auto reader = store_->open(sha256_of(text_)).value();
  Bytes head(1000);
  ASSERT_TRUE(reader->read_exactly(0, head));
  ASSERT_TRUE(recode());
  ASSERT_TRUE(store_->remove_replaced());
  Bytes rest(text_.size() - 1000);
  ASSERT_TRUE(reader->read_exactly(1000, rest));
  EXPECT_EQ(joined({head, rest}), text_);
}

TEST_F(RecodeTest, AStoppedRecodeLeavesEverythingAsItWas) {
  put(text_);
  for (int blocks = 0; blocks < 8; ++blocks) {
    const auto stopped = recode({.may_go_on = [left = blocks]() mutable { return left-- > 0; }});
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().kind, ErrorKind::Unavailable);
    EXPECT_EQ(only_xorb().generation, 0u);
    EXPECT_EQ(object_count(), 1u);
  }
  EXPECT_GT(recode().value().saved_size_bytes, 0u);
}

TEST_F(RecodeTest, ADamagedXorbIsReportedAndKept) {
  put(text_);
  flip_bit(path_of(only_xorb().hash), 8 * 300'000);
  const auto refused = recode();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(only_xorb().generation, 0u);
  EXPECT_EQ(object_count(), 1u);
}

TEST_F(RecodeTest, AnObjectLeftByARecodeThatWasCutOffIsReplaced) {
  put(text_);
  const meta::Xorb xorb = only_xorb();
  auto leftover = objects_->create(0).value();
  ASSERT_TRUE(leftover->write(random_bytes(2, 5000)));
  ASSERT_TRUE(leftover->publish({.hash = xorb.hash, .generation = 1}));
  leftover.reset();
  ASSERT_TRUE(recode());
  EXPECT_EQ(only_xorb().generation, 1u);
  EXPECT_EQ(get(text_).value(), text_);
  ASSERT_TRUE(store_->remove_replaced());
  expect_sound();
}

TEST_F(RecodeTest, TheSameBytesSentAgainMeetTheRecodedXorb) {
  put(text_);
  ASSERT_TRUE(recode());
  ASSERT_TRUE(store_->remove_replaced());
  put(text_);
  put(joined({text_, random_bytes(3, 50'000)}));
  EXPECT_EQ(get(text_).value(), text_);
  expect_sound();
}

}  // namespace
}  // namespace granary::store
