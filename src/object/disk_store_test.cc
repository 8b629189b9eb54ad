// What only the disk store promises: the write recipe under power cuts, failing syncs, full disks.
#include "object/disk_store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "base/sim_env.h"
#include "object/disk_layout.h"

namespace granary::object {
namespace {

constexpr std::uint64_t kSeedCount = 200;

ObjectName name_with(std::uint8_t first) {
  ObjectName name;
  name.hash.bytes[7] = static_cast<std::byte>(first);
  return name;
}

class DiskStoreTest : public ::testing::Test {
 protected:
  DiskStoreTest() {
    GRANARY_ASSERT(world_.files().make_directory("data").has_value());
    GRANARY_ASSERT(world_.files().sync_directory("").has_value());
    reopen();
  }
  void reopen() { store_ = open_disk_store(world_.env(), "data", options_).value(); }

  std::unique_ptr<ObjectWriter> written(std::string_view text) {
    auto writer = store_->create(text.size()).value();
    EXPECT_TRUE(writer->write(as_bytes(text)));
    return writer;
  }

  // What the name holds after a cut now, for many cuts.
  std::set<std::string> outcomes(const ObjectName& name) {
    std::set<std::string> all;
    for (std::uint64_t seed = 0; seed < kSeedCount; ++seed) {
      auto files = world_.files().crash(seed);
      SimRandom random(seed);
      Env env{world_.clock(), random, *files};
      auto store = open_disk_store(env, "data", options_);
      if (!store) {
        all.insert("cannot open: " + store.error().message);
        continue;
      }
      auto reader = (*store)->open(name);
      if (!reader) {
        all.insert("none");
        continue;
      }
      std::string text((*reader)->size_bytes(), '\0');
      EXPECT_TRUE((*reader)->read_at(0, std::as_writable_bytes(std::span(text))));
      all.insert(text);
    }
    return all;
  }

  DiskStoreOptions options_;
  SimEnv world_{1};
  std::unique_ptr<ObjectStore> store_;
  const ObjectName name_ = name_with(0x42);
};

using Outcomes = std::set<std::string>;

TEST_F(DiskStoreTest, ShowsAnObjectWholeOrNotAtAllAtEveryStepAndAlwaysOnceAcknowledged) {
  std::vector<Outcomes> steps;
  world_.files().set_observer([&](const SimEvent&) { steps.push_back(outcomes(name_)); });
  auto writer = written("whole");
  ASSERT_TRUE(writer->publish(name_));
  world_.files().set_observer({});
  ASSERT_GE(steps.size(), 5u);  // create, reserve, write, sync, publish, sync of the folder
  for (const Outcomes& step : steps) {
    for (const std::string& outcome : step) EXPECT_TRUE(outcome == "whole" || outcome == "none");
  }
  EXPECT_EQ(outcomes(name_), Outcomes{"whole"});
}

TEST_F(DiskStoreTest, SurvivesACutAtEveryStepOfItsFirstOpening) {
  SimEnv bare(2);
  ASSERT_TRUE(bare.files().make_directory("data"));
  ASSERT_TRUE(bare.files().sync_directory(""));
  std::uint64_t cuts = 0;
  bare.files().set_observer([&](const SimEvent&) {
    auto files = bare.files().crash(cuts++);
    SimRandom random(1);
    Env env{bare.clock(), random, *files};
    EXPECT_TRUE(open_disk_store(env, "data", {}));
  });
  ASSERT_TRUE(open_disk_store(bare.env(), "data", {}));
  EXPECT_GT(cuts, 256u);
}

TEST_F(DiskStoreTest, DoesNotTrustANameThatAnEarlierLifeDidNotSync) {
  // An earlier life linked the object and died before it synced the folder.
  auto file = world_.files().create_unnamed("data/objects").value();
  ASSERT_TRUE(file->write_at(0, as_bytes("whole")));
  ASSERT_TRUE(file->sync());
  ASSERT_TRUE(world_.files().publish(*file, DiskLayout("data").path_of(name_)));
  EXPECT_EQ(outcomes(name_), (Outcomes{"none", "whole"}));

  ASSERT_TRUE(written("whole")->publish(name_));
  EXPECT_EQ(outcomes(name_), Outcomes{"whole"});
}

TEST_F(DiskStoreTest, TwoWritersOfOneNameAreBothToldOnlyWhatIsDurable) {
  std::vector<std::thread> threads;
  std::atomic<int> stored = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { stored += written("whole")->publish(name_) ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(stored, 4);
  EXPECT_EQ(outcomes(name_), Outcomes{"whole"});
}

TEST_F(DiskStoreTest, AFailedFileSyncIsNotRetriedAndStopsAllWrites) {
  auto other = written("other");
  world_.files().inject({.kind = SimFault::Kind::Io, .calls = {SimCall::Sync}});
  EXPECT_EQ(written("lost")->publish(name_).error().kind, ErrorKind::Unavailable);
  EXPECT_NE(store_->write_refusal(), "");
  EXPECT_EQ(store_->create(1).error().kind, ErrorKind::Unavailable);
  EXPECT_EQ(other->publish(name_with(7)).error().kind, ErrorKind::Unavailable);
  EXPECT_EQ(outcomes(name_), Outcomes{"none"});
  EXPECT_EQ(outcomes(name_with(7)), Outcomes{"none"});
  EXPECT_FALSE(store_->open(name_));
}

TEST_F(DiskStoreTest, AFailedFolderSyncTakesTheNameBackAndStopsAllWrites) {
  ASSERT_TRUE(written("kept")->publish(name_with(7)));
  world_.files().inject({.kind = SimFault::Kind::Io, .calls = {SimCall::SyncDirectory}});
  EXPECT_EQ(written("lost")->publish(name_).error().kind, ErrorKind::Unavailable);
  EXPECT_EQ(store_->open(name_).error().kind, ErrorKind::NotFound);
  EXPECT_NE(store_->write_refusal().find("forcing data/objects/42"), std::string::npos);
  EXPECT_EQ(store_->create(1).error().kind, ErrorKind::Unavailable);
  EXPECT_EQ(outcomes(name_with(7)), Outcomes{"kept"});
  reopen();
  EXPECT_EQ(store_->write_refusal(), "");
  EXPECT_TRUE(written("again")->publish(name_));
}

TEST_F(DiskStoreTest, ManyObjectsOfOneFolderCostOneSyncOfIt) {
  std::vector<std::unique_ptr<ObjectWriter>> writers;
  std::vector<Publication> together;
  for (std::uint32_t generation = 0; generation < 10; ++generation) {
    writers.push_back(written("whole"));
    together.push_back({writers.back().get(), {.hash = name_.hash, .generation = generation}});
  }
  int syncs = 0;
  world_.files().set_observer(
      [&](const SimEvent& event) { syncs += event.call == SimCall::SyncDirectory ? 1 : 0; });
  ASSERT_TRUE(store_->publish_all(together));
  EXPECT_EQ(syncs, 1);
  for (const Publication& object : together) EXPECT_EQ(outcomes(object.name), Outcomes{"whole"});
}

TEST_F(DiskStoreTest, RefusesObjectsUnderTheFloorAndReservesWhatItPromises) {
  options_ = {.floor_bytes = 1000, .floor_percent = 50};
  world_.files().set_capacity(10'000);
  reopen();
  EXPECT_EQ(store_->create(5'001).error().kind, ErrorKind::NoSpace);
  EXPECT_EQ(store_->check_space(5'001).error().kind, ErrorKind::NoSpace);
  EXPECT_TRUE(store_->check_space(5'000));
  auto first = store_->create(3'000).value();
  EXPECT_EQ(store_->create(3'000).error().kind, ErrorKind::NoSpace);
  first.reset();
  EXPECT_TRUE(store_->create(3'000));
}

TEST_F(DiskStoreTest, AFullDiskDuringAWriteIsNoSpaceAndLeavesNothing) {
  world_.files().set_capacity(100);
  options_ = {.floor_bytes = 0, .floor_percent = 0};
  reopen();
  auto writer = store_->create(0).value();
  EXPECT_EQ(writer->write(as_bytes(std::string(101, 'x'))).error().kind, ErrorKind::NoSpace);
  writer.reset();
  EXPECT_EQ(store_->write_refusal(), "");
  ASSERT_TRUE(written(std::string(100, 'y'))->publish(name_));
}

TEST_F(DiskStoreTest, SpaceThatWasReservedAndNotUsedIsGivenBack) {
  world_.files().set_capacity(1'000);
  options_ = {.floor_bytes = 0, .floor_percent = 0};
  reopen();
  auto writer = store_->create(900).value();
  ASSERT_TRUE(writer->write(as_bytes("small")));
  ASSERT_TRUE(writer->publish(name_));
  EXPECT_EQ(world_.files().free_bytes("data").value(), 995u);
}

TEST_F(DiskStoreTest, WhatACrashLeftInStagingIsGoneAfterOpening) {
  std::vector<std::unique_ptr<ObjectWriter>> waiting;
  for (int i = 0; i < 300; ++i) {
    waiting.push_back(written("sealed"));
    ASSERT_TRUE(waiting.back()->seal());
  }
  EXPECT_FALSE(world_.files().list("data/staging")->empty());
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    auto files = world_.files().crash(seed);
    SimRandom random(seed);
    Env env{world_.clock(), random, *files};
    ASSERT_TRUE(open_disk_store(env, "data", {}));
    EXPECT_TRUE(files->list("data/staging")->empty());
  }
}

TEST_F(DiskStoreTest, ForeignFilesAmongTheObjectsAreNoObjects) {
  for (const char* name : {"README", "00.0", "x"}) {
    ASSERT_TRUE(world_.files().open(std::string("data/objects/00/") + name, OpenMode::CreateNew));
  }
  int count = 0;
  ASSERT_TRUE(store_->for_each([&](const ObjectName&) -> Result<void> {
    ++count;
    return {};
  }));
  EXPECT_EQ(count, 0);
  const std::string hash(64, 'a');
  EXPECT_TRUE(DiskLayout::parse(hash + ".12"));
  for (const std::string& bad : {hash + ".", hash + ".-1", hash + ".1x", hash + "_1",
                                 hash + ".4294967296", std::string(63, 'a') + "g.1"}) {
    EXPECT_FALSE(DiskLayout::parse(bad)) << bad;
  }
}

}  // namespace
}  // namespace granary::object
