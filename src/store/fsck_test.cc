// fsck: silent on a sound store, one line for each thing that is wrong.
#include "store/fsck.h"

#include "chunk/hash_tree.h"
#include "store/store_testing.h"

namespace granary::store {
namespace {

using limits::kKiB;

class FsckTest : public StoreTest {
 protected:
  FsckReport check(bool data) { return fsck(*facts_, *objects_, {.data = data}).value(); }
  // Both depths find `what` in their only finding.
  void expect_finding(std::string_view what) {
    for (const bool data : {false, true}) {
      const FsckReport report = check(data);
      ASSERT_FALSE(report.findings.empty());
      EXPECT_NE(report.findings[0].find(what), std::string::npos) << report.findings[0];
    }
  }
};

TEST_F(FsckTest, ASoundStoreHasNoFindings) {
  const Bytes first = random_bytes(1, 700 * kKiB);
  put(first);
  put(joined({first, random_bytes(2, 300 * kKiB)}));  // shares a xorb
  put(Bytes(900 * kKiB));                             // coded blocks
  put({});
  std::uint64_t calls = 0;
  const FsckOptions options{.data = true, .progress = [&](const FsckProgress&) { ++calls; }};
  const FsckReport report = fsck(*facts_, *objects_, options).value();
  EXPECT_TRUE(report.is_sound()) << report.findings[0];
  EXPECT_EQ(report.looked_at.xorb_count, 3u);
  EXPECT_EQ(report.looked_at.file_count, 4u);
  EXPECT_EQ(report.object_count, 3u);
  EXPECT_EQ(report.orphan_count, 0u);
  EXPECT_GT(report.looked_at.bytes_read, 3'000'000u);
  EXPECT_EQ(calls, 7u);
}

TEST_F(FsckTest, AXorbThatNoFileNeedsIsSound) {
  const Bytes bytes = random_bytes(1, 100 * kKiB);
  auto intake = store_->start_xorb().value();
  ASSERT_TRUE(intake->add_chunk(bytes));
  const auto taken = intake->finish(
      chunk::xorb_hash(std::vector{chunk::Chunk{chunk::chunk_hash(bytes), bytes.size()}}));
  ASSERT_TRUE(taken) << taken.error().message;
  EXPECT_EQ(check(true).orphan_count, 1u) << "finished and not recorded it is nothing";
  ASSERT_TRUE(content().record(*taken));
  const FsckReport report = check(true);
  EXPECT_TRUE(report.is_sound()) << report.findings[0];
  EXPECT_EQ(report.looked_at.xorb_count, 1u);
  EXPECT_EQ(report.looked_at.file_count, 0u);
  EXPECT_EQ(report.orphan_count, 0u);
}

TEST_F(FsckTest, ObjectsWithoutARowAreCountedAndNoFault) {
  const auto never_recorded = ingest(random_bytes(1, 1000));
  ASSERT_TRUE(never_recorded);
  const FsckReport report = check(true);
  EXPECT_TRUE(report.is_sound());
  EXPECT_EQ(report.object_count, 1u);
  EXPECT_EQ(report.orphan_count, 1u);
}

TEST_F(FsckTest, AMissingObjectIsFoundForTheXorbAndForEachFileOfIt) {
  const auto stored = put(random_bytes(1, 1000));
  ASSERT_TRUE(objects_->remove({.hash = stored.xorbs[0].hash, .generation = 0}));
  const FsckReport report = check(false);
  ASSERT_EQ(report.finding_count, 2u);
  EXPECT_NE(report.findings[0].find(stored.xorbs[0].hash.to_string()), std::string::npos);
  EXPECT_NE(report.findings[1].find(stored.file->sha256.to_string()), std::string::npos);
}

TEST_F(FsckTest, AFlippedBitOfTheBytesIsFoundWithDataOnly) {
  const auto stored = put(random_bytes(1, 600 * kKiB));
  flip_bit(path_of(stored.xorbs[0].hash), 8 * 300 * kKiB);
  EXPECT_TRUE(check(false).is_sound());
  EXPECT_EQ(check(true).finding_count, 2u);  // the xorb, and the file
}

TEST_F(FsckTest, EveryFlippedBitOfTheTablesIsFoundEvenWithoutData) {
  const Bytes bytes = random_bytes(1, 150 * kKiB);
  const auto stored = put(bytes);
  const std::string path = path_of(stored.xorbs[0].hash);
  for (std::uint64_t bit = 8 * bytes.size(); bit < 8 * stored.xorbs[0].stored_size_bytes; ++bit) {
    flip_bit(path, bit);
    ASSERT_FALSE(check(false).is_sound()) << "bit " << bit;
    flip_bit(path, bit);
  }
}

TEST_F(FsckTest, ATruncatedObjectIsFound) {
  const auto stored = put(random_bytes(1, 1000));
  ASSERT_TRUE(
      files().open(path_of(stored.xorbs[0].hash), OpenMode::ReadWrite).value()->truncate(999));
  expect_finding("its object has 999 bytes");
}

// Facts that no ingest makes, but a bug could.
TEST_F(FsckTest, ARecipeThatMakesAnotherHashIsFound) {
  const Bytes bytes = random_bytes(1, 1000);
  auto stored = ingest(bytes).value();
  stored.file->file_hash.bytes[0] ^= std::byte{1};
  ASSERT_TRUE(content().record(stored));
  expect_finding("do not make its Xet hash");
}

TEST_F(FsckTest, AFileWithAnothersBytesIsFoundByItsSha256) {
  auto stored = ingest(random_bytes(1, 1000)).value();
  stored.file->sha256.bytes[0] ^= std::byte{1};
  ASSERT_TRUE(content().record(stored));
  EXPECT_TRUE(check(false).is_sound());
  const FsckReport report = check(true);
  ASSERT_EQ(report.finding_count, 1u);
  EXPECT_NE(report.findings[0].find("another SHA-256"), std::string::npos);
}

}  // namespace
}  // namespace granary::store
