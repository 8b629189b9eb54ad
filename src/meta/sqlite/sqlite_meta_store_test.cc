// What is the SQLite adapter's alone.
#include "meta/sqlite/sqlite_meta_store.h"

#include <gtest/gtest.h>

#include "base/sim_env.h"

namespace granary::meta {
namespace {

TEST(SqliteMetaStore, InMemoryItServesForTests) {
  auto store = create_sqlite_meta_store(real_env(), {.path = ":memory:"});
  ASSERT_TRUE(store) << store.error().message;
  auto made = (*store)->accounts().create_namespace(
      {.name = "ada", .full_name = {}, .email = {}, .owner = {}});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ((*store)->accounts().find_namespace("ADA")->id, made->id);
  EXPECT_TRUE((*store)->check()->empty());
}

// A commit whose sync failed may be seen by the next process, in the kernel's cache, and not be on
// the disk. What that process shows, and builds on, must be.
TEST(SqliteMetaStore, WhatARestartAfterAFailedSyncShowsIsDurable) {
  SimEnv world(1);
  ASSERT_TRUE(world.files().make_directory("meta"));
  ASSERT_TRUE(world.files().sync_directory(""));
  const SqliteOptions options{.path = "meta/facts.db", .reader_count = 0, .through_env = true};
  const auto add = [](MetaStore& store, const std::string& name) {
    return store.accounts().create_namespace(
        {.name = name, .full_name = {}, .email = {}, .owner = {}});
  };
  auto store = create_sqlite_meta_store(world.env(), options).value();
  ASSERT_TRUE(add(*store, "ada"));
  world.files().inject({.kind = SimFault::Kind::Io, .calls = {SimCall::Sync}, .for_ever = true});
  EXPECT_FALSE(add(*store, "bob"));
  store.reset();
  world.files().clear_faults();

  store = create_sqlite_meta_store(world.env(), options).value();
  const bool shows_bob = store->accounts().find_namespace("bob").has_value();
  ASSERT_TRUE(add(*store, "eve"));
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    auto files = world.files().crash(seed);
    SimRandom random(seed);
    Env env{world.clock(), random, *files};
    auto after = create_sqlite_meta_store(env, options);
    ASSERT_TRUE(after) << after.error().message;
    EXPECT_EQ((*after)->accounts().find_namespace("bob").has_value(), shows_bob);
    EXPECT_TRUE((*after)->accounts().find_namespace("eve"));
    EXPECT_TRUE((*after)->check()->empty());
  }
}

}  // namespace
}  // namespace granary::meta
