// What the simulated file system keeps and loses: the rules that every crash test rests on.
#include "base/sim_file_system.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>

#include "base/sim_env.h"

namespace granary {
namespace {

constexpr std::uint64_t kSeedCount = 400;

std::string text_of(FileSystem& files, const std::string& path) {
  auto file = files.open(path, OpenMode::Read);
  if (!file) return "(" + std::string(name_of(file.error().kind)) + ")";
  std::string text((*file)->size_bytes().value(), '\0');
  (*file)->read_at(0, std::as_writable_bytes(std::span(text))).value();
  return text;
}

void write_text(FileSystem& files, const std::string& path, std::string_view text, bool sync) {
  auto file = files.open(path, OpenMode::CreateReadWrite).value();
  ASSERT_TRUE(file->write_at(0, as_bytes(text)));
  if (sync) ASSERT_TRUE(file->sync());
}

// Everything a file can be after a cut now.
std::set<std::string> outcomes(SimFileSystem& files, const std::string& path) {
  std::set<std::string> all;
  for (std::uint64_t seed = 0; seed < kSeedCount; ++seed) {
    all.insert(text_of(*files.crash(seed), path));
  }
  return all;
}

TEST(SimFileSystem, ASyncedFileInASyncedFolderAlwaysSurvives) {
  SimEnv world(1);
  write_text(world.files(), "a", "hello", true);
  ASSERT_TRUE(world.files().sync_directory(""));
  EXPECT_EQ(outcomes(world.files(), "a"), std::set<std::string>{"hello"});
}

TEST(SimFileSystem, ANameMayBeLostUntilItsFolderIsSynced) {
  SimEnv world(1);
  write_text(world.files(), "a", "hello", true);
  EXPECT_EQ(outcomes(world.files(), "a"), (std::set<std::string>{"hello", "(NotFound)"}));
}

TEST(SimFileSystem, UnsyncedBytesMayBeLostAndTheSizeMayComeFirst) {
  SimEnv world(1);
  write_text(world.files(), "a", "", true);
  ASSERT_TRUE(world.files().sync_directory(""));
  write_text(world.files(), "a", "hello", false);
  const auto all = outcomes(world.files(), "a");
  EXPECT_TRUE(all.contains(""));
  EXPECT_TRUE(all.contains("hello"));
  EXPECT_TRUE(all.contains(std::string(5, '\0')));
}

TEST(SimFileSystem, AWriteTearsAtSectorsAndNowhereElse) {
  SimEnv world(1);
  const std::string before(2048, 'a');
  const std::string after(2048, 'b');
  write_text(world.files(), "f", before, true);
  ASSERT_TRUE(world.files().sync_directory(""));
  write_text(world.files(), "f", after, false);
  bool torn = false;
  for (const std::string& text : outcomes(world.files(), "f")) {
    ASSERT_EQ(text.size(), 2048u);
    for (std::size_t sector = 0; sector < 4; ++sector) {
      const std::string part = text.substr(sector * 512, 512);
      EXPECT_TRUE(part == before.substr(0, 512) || part == after.substr(0, 512));
    }
    torn = torn || (text != before && text != after);
  }
  EXPECT_TRUE(torn);
}

TEST(SimFileSystem, LaterWritesMayReachTheDiskBeforeEarlierOnes) {
  SimEnv world(1);
  write_text(world.files(), "f", std::string(1024, 'a'), true);
  ASSERT_TRUE(world.files().sync_directory(""));
  auto file = world.files().open("f", OpenMode::ReadWrite).value();
  ASSERT_TRUE(file->write_at(0, as_bytes(std::string(512, '1'))));
  ASSERT_TRUE(file->write_at(512, as_bytes(std::string(512, '2'))));
  const auto all = outcomes(world.files(), "f");
  EXPECT_TRUE(all.contains(std::string(512, 'a') + std::string(512, '2')));
  EXPECT_TRUE(all.contains(std::string(512, '1') + std::string(512, 'a')));
}

TEST(SimFileSystem, CuttingAFileShortIsWholeOrAbsent) {
  SimEnv world(1);
  const std::string before(2048, 'a');
  write_text(world.files(), "f", before, true);
  ASSERT_TRUE(world.files().sync_directory(""));
  auto file = world.files().open("f", OpenMode::ReadWrite).value();
  ASSERT_TRUE(file->truncate(0));
  EXPECT_EQ(outcomes(world.files(), "f"), (std::set<std::string>{"", before}));
  ASSERT_TRUE(file->write_at(0, as_bytes("b")));
  for (const std::string& text : outcomes(world.files(), "f")) {
    EXPECT_TRUE(text.size() <= 1 || text == before);
  }
}

TEST(SimFileSystem, FoldersHaveNoOrderBetweenThem) {
  SimEnv world(1);
  for (const char* name : {"x", "y"}) ASSERT_TRUE(world.files().make_directory(name));
  ASSERT_TRUE(world.files().sync_directory(""));
  write_text(world.files(), "x/1", "1", true);
  write_text(world.files(), "y/2", "2", true);
  bool second_only = false;
  for (std::uint64_t seed = 0; seed < kSeedCount; ++seed) {
    auto after = world.files().crash(seed);
    second_only = second_only || (!after->stat("x/1") && after->stat("y/2"));
  }
  EXPECT_TRUE(second_only);
}

TEST(SimFileSystem, ARenameIsWholeOrAbsent) {
  SimEnv world(1);
  write_text(world.files(), "new", "new", true);
  write_text(world.files(), "old", "old", true);
  ASSERT_TRUE(world.files().sync_directory(""));
  ASSERT_TRUE(world.files().rename("new", "old"));
  EXPECT_EQ(text_of(world.files(), "old"), "new");
  for (std::uint64_t seed = 0; seed < kSeedCount; ++seed) {
    auto after = world.files().crash(seed);
    const bool renamed = text_of(*after, "old") == "new";
    EXPECT_EQ(after->stat("new").has_value(), !renamed);
    if (!renamed) EXPECT_EQ(text_of(*after, "old"), "old");
  }
}

TEST(SimFileSystem, ARemovedFileMayComeBackUntilItsFolderIsSynced) {
  SimEnv world(1);
  write_text(world.files(), "a", "hello", true);
  ASSERT_TRUE(world.files().sync_directory(""));
  ASSERT_TRUE(world.files().remove("a"));
  EXPECT_EQ(outcomes(world.files(), "a"), (std::set<std::string>{"hello", "(NotFound)"}));
  ASSERT_TRUE(world.files().sync_directory(""));
  EXPECT_EQ(outcomes(world.files(), "a"), std::set<std::string>{"(NotFound)"});
}

TEST(SimFileSystem, AnUnnamedFileNeverSurvivesAndPublishNeverOverwrites) {
  SimEnv world(1);
  write_text(world.files(), "taken", "first", true);
  auto file = world.files().create_unnamed("").value();
  ASSERT_TRUE(file->write_at(0, as_bytes("second")));
  ASSERT_TRUE(file->sync());
  ASSERT_TRUE(world.files().sync_directory(""));
  EXPECT_EQ(world.files().crash(7)->list("").value(), std::vector<std::string>{"taken"});
  auto refused = world.files().publish(*file, "taken");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Conflict);
  ASSERT_TRUE(world.files().publish(*file, "free"));
  file.reset();
  EXPECT_EQ(text_of(world.files(), "taken"), "first");
  EXPECT_EQ(text_of(world.files(), "free"), "second");
}

TEST(SimFileSystem, AFailedSyncLosesTheBytesForGoodAndSaysSoOnce) {
  std::set<std::string> found;
  for (int number = 10; number < 40; ++number) {
    const std::string old = "old" + std::to_string(number);
    SimEnv world(1);
    write_text(world.files(), "a", old, true);
    ASSERT_TRUE(world.files().sync_directory(""));
    auto file = world.files().open("a", OpenMode::ReadWrite).value();
    ASSERT_TRUE(file->write_at(0, as_bytes("new10")));
    world.files().inject({.kind = SimFault::Kind::Io, .calls = {SimCall::Sync}});
    EXPECT_FALSE(file->sync());
    EXPECT_TRUE(file->sync());                        // the kernel has forgotten
    EXPECT_EQ(text_of(world.files(), "a"), "new10");  // the cache still shows it
    const std::set<std::string> after = outcomes(world.files(), "a");
    EXPECT_EQ(after.size(), 1u);  // what reached the disk is settled
    found.insert(*after.begin() == old ? "old" : *after.begin());
  }
  EXPECT_EQ(found, (std::set<std::string>{"old", "new10"}));
}

TEST(SimFileSystem, ARemovedFileMayComeBackForEverWhenTheSyncOfItsFolderFailed) {
  std::set<std::string> found;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    SimEnv world(seed);
    write_text(world.files(), "a", std::to_string(seed), true);
    ASSERT_TRUE(world.files().sync_directory(""));
    ASSERT_TRUE(world.files().remove("a"));
    world.files().inject({.kind = SimFault::Kind::Io, .calls = {SimCall::SyncDirectory}});
    EXPECT_FALSE(world.files().sync_directory(""));
    EXPECT_TRUE(world.files().sync_directory(""));
    EXPECT_FALSE(world.files().stat("a"));
    world.crash(seed);
    const bool is_back = world.files().stat("a").has_value();
    if (is_back) EXPECT_EQ(text_of(world.files(), "a"), std::to_string(seed));
    found.insert(is_back ? "back" : "gone");
  }
  EXPECT_EQ(found, (std::set<std::string>{"back", "gone"}));
}

TEST(SimFileSystem, TheNthCallFailsOnceOrForEver) {
  SimEnv world(1);
  auto file = world.files().open("a", OpenMode::CreateNew).value();
  world.files().inject(
      {.kind = SimFault::Kind::NoSpace, .calls = {SimCall::Write}, .skip_count = 2});
  EXPECT_TRUE(file->write_at(0, as_bytes("1")));
  EXPECT_TRUE(file->write_at(1, as_bytes("2")));
  auto third = file->write_at(2, as_bytes("3"));
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().kind, ErrorKind::NoSpace);
  EXPECT_TRUE(file->write_at(2, as_bytes("3")));
  world.files().inject({.kind = SimFault::Kind::Io, .calls = {SimCall::Write}, .for_ever = true});
  EXPECT_FALSE(file->write_at(3, as_bytes("4")));
  EXPECT_FALSE(file->write_at(3, as_bytes("4")));
  EXPECT_EQ(text_of(world.files(), "a"), "123");
}

TEST(SimFileSystem, AFullDiskRefusesWritesAndReservationsUntilSpaceIsFreed) {
  SimEnv world(1);
  world.files().set_capacity(1000);
  write_text(world.files(), "a", std::string(600, 'a'), true);
  auto file = world.files().create_unnamed("").value();
  EXPECT_EQ(file->reserve(500).error().kind, ErrorKind::NoSpace);
  ASSERT_TRUE(file->reserve(400));
  EXPECT_EQ(world.files().free_bytes("").value(), 0u);
  EXPECT_TRUE(file->write_at(0, as_bytes(std::string(400, 'b'))));
  EXPECT_EQ(file->write_at(400, as_bytes("c")).error().kind, ErrorKind::NoSpace);
  ASSERT_TRUE(world.files().remove("a"));
  EXPECT_EQ(world.files().free_bytes("").value(), 600u);
}

TEST(SimFileSystem, ShortReadsGiveLessThanThereIs) {
  SimEnv world(1);
  write_text(world.files(), "a", "12345678", true);
  auto file = world.files().open("a", OpenMode::Read).value();
  world.files().inject({.kind = SimFault::Kind::ShortRead, .calls = {SimCall::Read}});
  Bytes out(8);
  EXPECT_EQ(file->read_at(0, out).value(), 4u);
  EXPECT_EQ(file->read_at(0, out).value(), 8u);
}

TEST(SimFileSystem, LocksAreExclusiveAndEndWithTheHandleOrThePower) {
  SimEnv world(1);
  auto held = world.files().lock("lock").value();
  EXPECT_EQ(world.files().lock("lock").error().kind, ErrorKind::Conflict);
  ASSERT_TRUE(world.files().sync_directory(""));
  EXPECT_TRUE(world.files().crash(1)->lock("lock"));
  held.reset();
  EXPECT_TRUE(world.files().lock("lock"));
}

TEST(SimFileSystem, TheSameCallsGiveTheSameTraceAndTheSameDisk) {
  const auto run = [](std::string_view text) {
    SimEnv world(9);
    write_text(world.files(), "a", text, false);
    return std::pair(world.files().trace_hash(), text_of(*world.files().crash(3), "a"));
  };
  EXPECT_EQ(run("same"), run("same"));
  EXPECT_NE(run("same").first, run("some").first);
}

TEST(SimFileSystem, TheObserverMayCutThePowerBeforeEachChange) {
  SimEnv world(1);
  std::vector<SimCall> seen;
  world.files().set_observer([&](const SimEvent& event) {
    seen.push_back(event.call);
    world.files().crash(seen.size());
  });
  write_text(world.files(), "a", "x", true);
  ASSERT_TRUE(world.files().sync_directory(""));
  EXPECT_EQ(seen,
            (std::vector{SimCall::Create, SimCall::Write, SimCall::Sync, SimCall::SyncDirectory}));
}

TEST(SimFileSystem, ACrashedDiskLivesOnWithoutTheOldOne) {
  SimEnv world(1);
  write_text(world.files(), "a", "one", true);
  ASSERT_TRUE(world.files().sync_directory(""));
  auto after = world.files().crash(1);
  write_text(*after, "a", "two", true);
  EXPECT_EQ(text_of(*after, "a"), "two");
  EXPECT_EQ(text_of(world.files(), "a"), "one");
}

}  // namespace
}  // namespace granary
