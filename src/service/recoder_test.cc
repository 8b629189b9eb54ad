// The recoder goes through all xorbs once, survives what it cannot recode, and stops when told.
#include "service/recoder.h"

#include <gtest/gtest.h>

#include <string>

#include "base/log.h"
#include "base/sim_env.h"
#include "meta/sqlite/sqlite_meta_store.h"
#include "object/memory_store.h"

namespace granary::service {
namespace {

class RecoderTest : public ::testing::Test {
 protected:
  RecoderTest() { log::start(log::Level::Off, log::Format::Text); }

  Bytes put(std::size_t seed) {
    std::string text;
    while (text.size() < 600'000) text += std::to_string(seed * 7919U + text.size()) + ",";
    const Bytes bytes(as_bytes(text).begin(), as_bytes(text).end());
    auto ingest = store_->start_ingest({.size_bytes = bytes.size()}).value();
    EXPECT_TRUE(ingest->write(bytes));
    EXPECT_TRUE(facts_->content().record(ingest->finish({}).value()));
    return bytes;
  }
  std::uint64_t stored() { return facts_->codings().read_usage({})->stored_size_bytes; }

  SimEnv world_{1};
  std::unique_ptr<meta::MetaStore> facts_ =
      meta::create_sqlite_meta_store(world_.env(), {.path = ":memory:"}).value();
  std::unique_ptr<object::ObjectStore> objects_ = object::make_memory_store();
  std::unique_ptr<store::Store> store_ =
      store::make_store(world_.env(), *objects_, *facts_, {.code_at_ingest = false});
  Recoder recoder_{*facts_, *store_};
};

TEST_F(RecoderTest, LooksAtEachXorbOnceAndThenAtNewOnes) {
  put(1);
  put(2);
  const std::uint64_t before = stored();
  EXPECT_TRUE(recoder_.step({}).value());
  EXPECT_TRUE(recoder_.step({}).value());
  EXPECT_FALSE(recoder_.step({}).value());
  EXPECT_LT(stored(), before / 2);
  EXPECT_EQ(recoder_.counters().recoded_xorbs, 2u);
  EXPECT_EQ(recoder_.counters().saved_size_bytes, before - stored());
  put(3);
  EXPECT_TRUE(recoder_.step({}).value());
  EXPECT_FALSE(recoder_.step({}).value());
  Recoder restarted{*facts_, *store_};
  EXPECT_FALSE(restarted.step({}).value()) << "where it stood is kept with the xorbs";
}

TEST_F(RecoderTest, WhatWasReplacedIsRemoved) {
  put(1);
  put(2);
  while (recoder_.step({}).value()) {
  }
  EXPECT_EQ(facts_->codings().list_deleting(10)->size(), 2u);
  ASSERT_TRUE(recoder_.clean());
  EXPECT_TRUE(facts_->codings().list_deleting(10)->empty());
}

TEST_F(RecoderTest, AXorbThatCannotBeReadIsCountedAndPassed) {
  put(1);
  put(2);
  const meta::Xorb first = facts_->codings().list_below(1, {}, 1)->at(0);
  ASSERT_TRUE(objects_->remove({.hash = first.hash, .generation = 0}));
  EXPECT_TRUE(recoder_.step({}).value());
  EXPECT_TRUE(recoder_.step({}).value());
  EXPECT_FALSE(recoder_.step({}).value());
  EXPECT_EQ(recoder_.counters().failures, 1u);
  EXPECT_EQ(recoder_.counters().recoded_xorbs, 1u);
}

TEST_F(RecoderTest, AStoppedStepIsDoneAgainLater) {
  put(1);
  const auto stopped = recoder_.step({.may_go_on = [] { return false; }});
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, ErrorKind::Unavailable);
  EXPECT_TRUE(recoder_.step({}).value());
  EXPECT_EQ(recoder_.counters().recoded_xorbs, 1u);
}

}  // namespace
}  // namespace granary::service
