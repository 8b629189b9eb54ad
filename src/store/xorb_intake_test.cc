// Xorbs that arrive whole: what is taken in, and what is refused.
#include "store/xet_testing.h"

namespace granary::store {
namespace {

using limits::kKiB;
using limits::kMiB;

TEST_F(XetStoreTest, AXorbThatArrivesIsTheOneAnIngestWouldHaveMade) {
  const Bytes bytes = random_bytes(1, 3 * kMiB + 17);
  const Chunks chunks = cut(bytes);
  const auto taken = take_in(chunks, chunk::xorb_hash(named(chunks))).value();
  const auto ingested = ingest(bytes).value();
  ASSERT_EQ(taken.xorbs.size(), 1u);
  EXPECT_EQ(taken.xorbs[0].hash, ingested.xorbs[0].hash);
  EXPECT_EQ(taken.xorbs[0].stored_size_bytes, ingested.xorbs[0].stored_size_bytes);
  EXPECT_EQ(taken.xorbs[0].size_bytes, bytes.size());
  EXPECT_EQ(taken.xorbs[0].chunk_count, chunks.size());
  ASSERT_FALSE(taken.hooks.empty());
  EXPECT_EQ(taken.hooks[0].chunk, chunk::chunk_hash(chunks[0]));
  EXPECT_FALSE(taken.file.has_value());
}

TEST_F(XetStoreTest, HooksAreTheFirstChunkAndOneIn1024) {
  const Bytes bytes = random_bytes(2, 8192 * 4);
  const Chunks chunks = cut_in_pieces(bytes, 4);
  const auto taken = take_in(chunks, chunk::xorb_hash(named(chunks))).value();
  std::vector<ChunkHash> expected = {chunk::chunk_hash(chunks[0])};
  for (std::size_t i = 1; i < chunks.size(); ++i) {
    const ChunkHash hash = chunk::chunk_hash(chunks[i]);
    if (chunk::is_hook(hash)) expected.push_back(hash);
  }
  ASSERT_EQ(taken.hooks.size(), expected.size());
  EXPECT_GT(expected.size(), 1u);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(taken.hooks[i].chunk, expected[i]);
    EXPECT_EQ(taken.hooks[i].xorb, meta::XorbId{-1});
  }
}

TEST_F(XetStoreTest, AFullXorbFitsAndNotOneByteMore) {
  const Bytes bytes = random_bytes(3, 64 * kMiB);
  const Chunks chunks = cut_in_pieces(bytes, 128 * kKiB);
  auto intake = store_->start_xorb().value();
  for (const ByteView chunk : chunks) ASSERT_TRUE(intake->add_chunk(chunk));
  const auto over = intake->add_chunk(ByteView(bytes).first(1));
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().kind, ErrorKind::Invalid);
  EXPECT_TRUE(intake->finish(chunk::xorb_hash(named(chunks))));
}

TEST_F(XetStoreTest, AChunkOfNoSizeOrOver128KiBOrPastThe8192ndIsRefused) {
  const Bytes bytes = random_bytes(4, 128 * kKiB + 1);
  auto intake = store_->start_xorb().value();
  EXPECT_EQ(intake->add_chunk({}).error().kind, ErrorKind::Invalid);
  EXPECT_EQ(intake->add_chunk(bytes).error().kind, ErrorKind::Invalid);
  const Chunks chunks = cut_in_pieces(ByteView(bytes).first(8192), 1);
  for (const ByteView chunk : chunks) ASSERT_TRUE(intake->add_chunk(chunk));
  EXPECT_EQ(intake->add_chunk(ByteView(bytes).first(1)).error().kind, ErrorKind::Invalid);
  const auto taken = intake->finish(chunk::xorb_hash(named(chunks)));
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->xorbs[0].chunk_count, 8192u);
}

TEST_F(XetStoreTest, AWrongNameOrNoChunksStoresNothing) {
  const Bytes bytes = random_bytes(5, 600 * kKiB);
  const Chunks chunks = cut(bytes);
  XorbHash name = chunk::xorb_hash(named(chunks));
  name.bytes[31] ^= std::byte{1};
  EXPECT_EQ(take_in(chunks, name).error().kind, ErrorKind::Invalid);
  EXPECT_EQ(take_in({}, XorbHash{}).error().kind, ErrorKind::Invalid);
  EXPECT_EQ(object_count(), 0u);
}

TEST_F(XetStoreTest, AXorbThatIsThereAlreadyKeepsItsObjectAndRow) {
  const Bytes bytes = random_bytes(6, 900 * kKiB);
  const meta::Xorb first = put_xorb(cut(bytes));
  const meta::Xorb second = put_xorb(cut(bytes));
  EXPECT_EQ(first.id, second.id);
  EXPECT_EQ(object_count(), 1u);
}

TEST_F(XetStoreTest, NoIntakeBeginsWithoutRoomForAFullXorb) {
  files().set_capacity(60 * kMiB);
  restart({.floor_bytes = 0, .floor_percent = 0});
  EXPECT_EQ(store_->start_xorb().error().kind, ErrorKind::NoSpace);
}

TEST_F(XetStoreTest, AFailedSyncEndsEveryIntake) {
  const Bytes bytes = random_bytes(7, kMiB);
  const Chunks chunks = cut(bytes);
  auto other = store_->start_xorb().value();
  ASSERT_TRUE(other->add_chunk(chunks[0]));
  files().inject({.kind = SimFault::Kind::Io, .calls = {SimCall::Sync}});
  EXPECT_EQ(take_in(chunks, chunk::xorb_hash(named(chunks))).error().kind, ErrorKind::Unavailable);
  EXPECT_EQ(other->add_chunk(chunks[1]).error().kind, ErrorKind::Unavailable);
  EXPECT_EQ(store_->start_xorb().error().kind, ErrorKind::Unavailable);
  EXPECT_TRUE(content().list_xorbs({}, 10)->empty());
}

}  // namespace
}  // namespace granary::store
