// What is the SQLite adapter's alone: who writes, who may open the file, what is in memory.
#include "meta/sqlite/sqlite_meta_store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "base/log.h"
#include "base/sim_env.h"
#include "meta/sqlite/watching_vfs.h"

namespace granary::meta {
namespace {

Result<Bytes> set(MetaStore& store, const std::string& key) {
  return store.accounts().setting_or_set(key, Bytes(500));
}

class SqliteMetaStore : public testing::Test {
 protected:
  SqliteMetaStore() {
    log::start(log::Level::Error, log::Format::Text);
    std::string pattern =
        (std::filesystem::temp_directory_path() / "granary_sqlite_XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    options.path = folder + "/meta.db";
  }
  ~SqliteMetaStore() override { std::filesystem::remove_all(folder); }

  std::string folder;
  SqliteOptions options;
};

TEST_F(SqliteMetaStore, InMemoryItServesForTests) {
  auto store = create_sqlite_meta_store(real_env(), {.path = ":memory:"});
  ASSERT_TRUE(store) << store.error().message;
  auto made = (*store)->accounts().create_namespace(
      {.name = "ada", .full_name = {}, .email = {}, .owner = {}});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ((*store)->accounts().find_namespace("ADA")->id, made->id);
  EXPECT_TRUE((*store)->check()->empty());
}

TEST_F(SqliteMetaStore, ASecondStoreOnTheFileIsAConflict) {
  auto first = create_sqlite_meta_store(real_env(), options);
  ASSERT_TRUE(first) << first.error().message;
  auto second = create_sqlite_meta_store(real_env(), options);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::Conflict);
  first->reset();
  EXPECT_TRUE(create_sqlite_meta_store(real_env(), options));
}

// Debian's SQLite can lose data when one connection resets the log while another checkpoints. (A
// reader may take the log's write lock for a moment, to read a header that is being written; that
// neither writes nor resets anything.)
TEST_F(SqliteMetaStore, OneConnectionOfManyWritesTheLogAndCheckpoints) {
  const sqlite::WatchingVfs watching;
  options.reader_count = 4;
  options.checkpoint_size_bytes = 64 * 1024;
  auto store = create_sqlite_meta_store(real_env(), options);
  ASSERT_TRUE(store) << store.error().message;
  std::atomic<bool> done = false;
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      while (!done) EXPECT_TRUE((*store)->accounts().latest_audit(10));
    });
  }
  std::vector<std::thread> writers;
  for (int thread = 0; thread < 4; ++thread) {
    writers.emplace_back([&, thread] {
      for (int i = 0; i < 50; ++i) {
        EXPECT_TRUE(set(**store, std::to_string(thread) + "." + std::to_string(i)));
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_GT((*store)->counters().checkpoints, 1u);
  store->reset();  // the last checkpoint is the writer's, too
  const auto counts = sqlite::WatchingVfs::counts();
  EXPECT_EQ(counts.databases, 5u);
  EXPECT_EQ(counts.log_writers, 1u);
  EXPECT_EQ(counts.database_writers, 1u);
  EXPECT_EQ(counts.checkpoint_lockers, 1u);
}

TEST_F(SqliteMetaStore, TheLogStaysBoundedUnderReadersAndIsEmptyAfterClosing) {
  options.checkpoint_size_bytes = 256 * 1024;
  auto store = create_sqlite_meta_store(real_env(), options);
  ASSERT_TRUE(store) << store.error().message;
  std::atomic<bool> done = false;
  std::thread reader([&] {
    while (!done) EXPECT_TRUE((*store)->accounts().latest_audit(10));
  });
  std::uint64_t largest = 0;
  for (int i = 0; i < 600; ++i) {
    EXPECT_TRUE(set(**store, std::to_string(i)));
    largest = std::max(largest, std::filesystem::file_size(options.path + "-wal"));
  }
  done = true;
  reader.join();
  EXPECT_LT(largest, options.checkpoint_size_bytes * 9);
  store->reset();
  EXPECT_EQ(std::filesystem::file_size(options.path + "-wal"), 0u);
}

TEST_F(SqliteMetaStore, KilledWithoutClosingItLosesNothing) {
  std::filesystem::create_directory(folder + "/copy");
  {
    auto store = create_sqlite_meta_store(real_env(), options);
    ASSERT_TRUE(store);
    ASSERT_TRUE(set(**store, "kept"));
    for (const char* suffix : {"", "-wal"}) {  // as a killed process leaves them
      std::filesystem::copy_file(options.path + suffix, folder + "/copy/meta.db" + suffix);
    }
  }
  options.path = folder + "/copy/meta.db";
  auto store = create_sqlite_meta_store(real_env(), options);
  ASSERT_TRUE(store);
  EXPECT_EQ((*store)->accounts().setting_or_set("kept", {})->size(), 500u);
}

TEST_F(SqliteMetaStore, AFileThatIsNoDatabaseIsAnError) {
  std::filesystem::create_directory(options.path);
  EXPECT_FALSE(create_sqlite_meta_store(real_env(), options));
  std::filesystem::remove(options.path);
  auto file = real_env().files.open(options.path, OpenMode::CreateNew);
  ASSERT_TRUE((*file)->write_at(0, as_bytes(std::string(5000, 'x'))));
  const auto store = create_sqlite_meta_store(real_env(), options);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().kind, ErrorKind::Corrupt) << store.error().message;
}

// A commit whose sync failed may be seen by the next process, in the kernel's cache, and not be on
// the disk. What that process shows, and builds on, must be.
TEST_F(SqliteMetaStore, WhatARestartAfterAFailedSyncShowsIsDurable) {
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
