// Files made of stored chunks: what an uploader may say, and what is believed.
#include "store/xet_testing.h"

namespace granary::store {
namespace {

using limits::kKiB;
using limits::kMiB;

TEST_F(XetStoreTest, AFileIsMadeOfRunsOfSeveralXorbs) {
  const Bytes first = random_bytes(10, 2 * kMiB), second = random_bytes(11, kMiB);
  const Chunks one = cut(first), two = cut(second);
  const meta::Xorb a = put_xorb(one), b = put_xorb(two);
  const auto n = static_cast<std::uint32_t>(one.size());
  const auto m = static_cast<std::uint32_t>(two.size());
  ASSERT_GT(n, 6u);
  // The fourth term goes on where the third ends: one run at rest.
  const ClaimedFile claim = file_of(
      {term_of(a, 3, n), term_of(b, 0, m), term_of(a, 0, 2), term_of(a, 2, 3), term_of(b, 1, 2)});
  Bytes expected;
  for (std::uint32_t i = 3; i < n; ++i) put_bytes(expected, one[i]);
  for (const ByteView chunk : two) put_bytes(expected, chunk);
  for (std::uint32_t i = 0; i < 3; ++i) put_bytes(expected, one[i]);
  put_bytes(expected, two[1]);

  const auto made = store_->assemble(claim, {});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->file->sha256, sha256_of(expected));
  EXPECT_EQ(made->file->file_hash, claim.file_hash);
  EXPECT_EQ(made->file->recipe.size(), 4u);
  ASSERT_EQ(made->hooks.size(), 1u);
  EXPECT_EQ(made->hooks[0].chunk, chunk::chunk_hash(one[3]));
  EXPECT_EQ(made->hooks[0].xorb, a.id);
  ASSERT_TRUE(content().record(*made));
  EXPECT_EQ(get(expected).value(), expected);
  EXPECT_EQ(content().find_file_by_hash(claim.file_hash)->sha256, sha256_of(expected));
}

TEST_F(XetStoreTest, TheEmptyFileHasNoTermsAndTheZeroHash) {
  const auto file = assemble({.file_hash = {}, .sha256 = sha256_of({}), .terms = {}});
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->size_bytes, 0u);
  EXPECT_EQ(get(Bytes{}).value(), Bytes{});
  FileHash other;
  other.bytes[0] = std::byte{1};
  expect_refused({.file_hash = other, .sha256 = {}, .terms = {}}, "its chunks make");
}

TEST_F(XetStoreTest, NothingThatAnUploaderSaysIsBelieved) {
  const Bytes bytes = random_bytes(12, kMiB);
  const Chunks chunks = cut(bytes);
  const auto count = static_cast<std::uint32_t>(chunks.size());
  const ClaimedTerm whole = term_of(put_xorb(chunks), 0, count);
  const ClaimedFile good = file_of({whole});
  const auto changed = [&](auto change) {
    ClaimedFile bad = good;
    change(bad);
    return bad;
  };
  expect_refused(changed([](auto& file) { file.terms[0].chunk_end += 1; }), "chunks, not");
  expect_refused(changed([](auto& file) { file.terms[0].chunk_end = 0xFFFF'FFFF; }), "chunks, not");
  expect_refused(changed([](auto& file) { file.terms[0].chunk_start = file.terms[0].chunk_end; }),
                 "chunks, not");
  expect_refused(changed([](auto& file) { file.terms[0].size_bytes += 1; }), "bytes, not");
  expect_refused(changed([](auto& file) { file.terms[0].size_bytes += 1ULL << 32; }), "bytes, not");
  expect_refused(changed([](auto& file) { file.terms[0].range_hash.bytes[7] ^= std::byte{1}; }),
                 "the verification hash");
  expect_refused(changed([](auto& file) { file.file_hash.bytes[7] ^= std::byte{1}; }),
                 "its chunks make");
  expect_refused(changed([](auto& file) { file.sha256 = sha256_of({}); }), "expected SHA-256");
  expect_refused(changed([&](auto& file) { file.terms.push_back(whole); }), "its chunks make");
  EXPECT_TRUE(content().list_files({}, 10)->empty());
  EXPECT_TRUE(assemble(good));
}

TEST_F(XetStoreTest, AForeignSha256IsRefusedForAKnownFileToo) {
  const Bytes bytes = random_bytes(13, 500 * kKiB);
  const Chunks chunks = cut(bytes);
  ClaimedFile claim = file_of({term_of(put_xorb(chunks), 0, std::uint32_t(chunks.size()))});
  ASSERT_TRUE(assemble(claim));
  std::uint64_t hashed = 0;
  const Progress count = [&](std::uint64_t size_bytes) {
    hashed += size_bytes;
    return true;
  };
  claim.sha256 = sha256_of(bytes);
  EXPECT_TRUE(store_->assemble(claim, count));
  EXPECT_EQ(hashed, 0u) << "its bytes were hashed when its Xet hash became known";
  claim.sha256 = sha256_of({});
  expect_refused(claim, "expected SHA-256");
}

TEST_F(XetStoreTest, ProgressCountsEveryByteAndMayStop) {
  const Bytes bytes = random_bytes(14, 3 * kMiB);
  const Chunks chunks = cut(bytes);
  const ClaimedFile claim = file_of({term_of(put_xorb(chunks), 0, std::uint32_t(chunks.size()))});
  std::uint64_t hashed = 0;
  const auto stopped = store_->assemble(claim, [&](std::uint64_t size_bytes) {
    hashed += size_bytes;
    return hashed < kMiB;
  });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, ErrorKind::Unavailable);
  EXPECT_GE(hashed, kMiB);
  EXPECT_LT(hashed, 2 * kMiB);
  hashed = 0;
  EXPECT_TRUE(store_->assemble(claim, [&](std::uint64_t size_bytes) {
    hashed += size_bytes;
    return true;
  }));
  EXPECT_EQ(hashed, bytes.size());
}

TEST_F(XetStoreTest, TwoChunkingsOfOneFileAreOneFileWithTwoNames) {
  const Bytes bytes = random_bytes(15, kMiB);
  const Chunks usual = cut(bytes), other = cut_in_pieces(bytes, 100'000);
  const auto one =
      assemble(file_of({term_of(put_xorb(usual), 0, std::uint32_t(usual.size()))})).value();
  const auto two =
      assemble(file_of({term_of(put_xorb(other), 0, std::uint32_t(other.size()))})).value();
  EXPECT_EQ(one.sha256, two.sha256);
  EXPECT_NE(one.file_hash, two.file_hash);
  EXPECT_EQ(content().list_files({}, 10)->size(), 1u);
  for (const FileHash& name : {one.file_hash, two.file_hash}) {
    EXPECT_EQ(content().find_file_by_hash(name)->recipe, one.recipe);
  }
  EXPECT_EQ(get(bytes).value(), bytes);
}

TEST_F(XetStoreTest, WhatAnIngestStoredCanBeAssembledAndTheOtherWayRound) {
  const Bytes bytes = random_bytes(16, 2 * kMiB);
  const auto ingested = put(bytes);
  const meta::Xorb xorb = content().list_xorbs({}, 1)->at(0);
  const Chunks chunks = cut(bytes);
  const ClaimedFile claim = file_of({term_of(xorb, 0, std::uint32_t(chunks.size()))});
  EXPECT_EQ(claim.file_hash, ingested.file->file_hash);
  EXPECT_EQ(assemble(claim)->sha256, ingested.file->sha256);

  const Bytes more = random_bytes(17, 2 * kMiB);
  const Chunks fresh = cut(more);
  ASSERT_TRUE(assemble(file_of({term_of(put_xorb(fresh), 0, std::uint32_t(fresh.size()))})));
  EXPECT_TRUE(ingest(more)->xorbs.empty()) << "a second copy stores nothing";
}

TEST_F(XetStoreTest, AnIngestFindsTheChunksOfAXorbThatArrived) {
  const Bytes bytes = random_bytes(18, 4 * kMiB);
  put_xorb(cut(bytes));
  const auto again = ingest(bytes).value();
  EXPECT_TRUE(again.xorbs.empty());
  ASSERT_EQ(again.file->recipe.size(), 1u);
}

TEST_F(XetStoreTest, ADamagedBlockEndsAnAssembly) {
  const Bytes bytes = random_bytes(19, kMiB);
  const Chunks chunks = cut(bytes);
  const meta::Xorb xorb = put_xorb(chunks);
  const ClaimedFile claim = file_of({term_of(xorb, 0, std::uint32_t(chunks.size()))});
  flip_bit(path_of(xorb.hash), 600 * kKiB * 8);
  const auto made = store_->assemble(claim, {});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::Corrupt);
}

TEST_F(XetStoreTest, AMissingObjectIsCorruption) {
  const Bytes bytes = random_bytes(20, kMiB);
  const Chunks chunks = cut(bytes);
  const meta::Xorb xorb = put_xorb(chunks);
  ClaimedTerm term;
  term.xorb = xorb;
  ASSERT_TRUE(objects_->remove({.hash = xorb.hash, .generation = 0}));
  restart();
  EXPECT_EQ(store_->known_xorb(xorb).error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(store_->open_xorb(xorb.id).error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(store_->assemble({.file_hash = {}, .sha256 = {}, .terms = {term}}, {}).error().kind,
            ErrorKind::Corrupt);
  EXPECT_EQ(store_->open_xorb({99}).error().kind, ErrorKind::NotFound);
}

}  // namespace
}  // namespace granary::store
