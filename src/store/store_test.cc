// The store as a whole: what goes in comes out, duplicates cost nothing, damage is never served.
#include "store/store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/limits.h"
#include "chunk/chunker.h"
#include "chunk/hash_tree.h"
#include "store/file_reader.h"
#include "store/store_testing.h"

namespace granary::store {
namespace {

using limits::kKiB;
using limits::kMiB;

TEST_F(StoreTest, FilesOfEverySizeClassComeBackAsTheyWentIn) {
  std::uint64_t seed = 0;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{8191}, 128 * kKiB,
                                 256 * kKiB, 256 * kKiB + 1, 3 * kMiB + 17}) {
    const Bytes bytes = random_bytes(++seed, size);
    for (const std::size_t piece_size : {std::size_t{977}, std::size_t{kMiB}}) {
      const auto content = put(bytes, piece_size);
      ASSERT_TRUE(content.file);
      EXPECT_EQ(content.file->sha256, sha256_of(bytes));
      EXPECT_EQ(content.file->size_bytes, size);
      EXPECT_EQ(content.file->file_hash.is_zero(), size == 0);
      EXPECT_EQ(get(bytes).value(), bytes);
    }
  }
}

TEST_F(StoreTest, TheFileHashIsThatOfTheChunksWhateverTheRecipe) {
  const Bytes bytes = random_bytes(1, 2 * kMiB);
  std::vector<chunk::Chunk> chunks;
  std::size_t start = 0;
  for (const std::size_t end : chunk::chunk_ends(bytes)) {
    const ByteView chunk = ByteView(bytes).subspan(start, end - start);
    chunks.push_back({chunk::chunk_hash(chunk), chunk.size()});
    start = end;
  }
  const auto content = put(bytes);
  EXPECT_EQ(content.file->file_hash, chunk::file_hash(chunks));
  ASSERT_EQ(content.xorbs.size(), 1u);
  EXPECT_EQ(content.xorbs[0].hash, chunk::xorb_hash(chunks));
  EXPECT_EQ(content.xorbs[0].chunk_count, chunks.size());
}

TEST_F(StoreTest, ALongFileIsCutIntoXorbsOf64MiBAtMost) {
  const Bytes bytes = random_bytes(2, 70 * kMiB);
  const auto content = put(bytes);
  ASSERT_EQ(content.xorbs.size(), 2u);
  for (const meta::Xorb& xorb : content.xorbs) EXPECT_LE(xorb.size_bytes, 64 * kMiB);
  EXPECT_EQ(content.file->recipe.size(), 2u);
  EXPECT_EQ(get(bytes).value(), bytes);
  EXPECT_EQ(get(sha256_of(bytes), 64 * kMiB - 5, 10).value(),
            Bytes(bytes.begin() + 64 * kMiB - 5, bytes.begin() + 64 * kMiB + 5));
}

TEST_F(StoreTest, ASecondCopyOfAFileStoresNothing) {
  const Bytes bytes = random_bytes(3, 2 * kMiB);
  put(bytes);
  const std::uint64_t before = files().free_bytes("data").value();
  const auto again = ingest(bytes).value();
  EXPECT_TRUE(again.xorbs.empty());
  EXPECT_EQ(again.file->sha256, sha256_of(bytes));
  EXPECT_EQ(files().free_bytes("data").value(), before);
}

TEST_F(StoreTest, AnEditStoresOnlyWhatIsAroundIt) {
  const Bytes first = random_bytes(4, 6 * kMiB);
  put(first);
  const std::uint64_t before = stored_bytes();
  const Bytes insert = random_bytes(5, 1000);
  const ByteView view = first;
  const Bytes edited = joined({view.first(3 * kMiB), insert, view.subspan(3 * kMiB)});
  const auto content = put(edited);
  EXPECT_EQ(get(edited).value(), edited);
  EXPECT_LT(stored_bytes() - before, 600 * kKiB);
  EXPECT_EQ(content.file->recipe.size(), 3u);
}

TEST_F(StoreTest, AnEditLateInALongFileFindsEveryXorbOfTheOldOne) {
  const Bytes first = random_bytes(6, 70 * kMiB);
  put(first);
  const std::uint64_t before = stored_bytes();
  const Bytes edited = joined({first, as_bytes("a line at the end")});
  put(edited);
  EXPECT_LT(stored_bytes() - before, 400 * kKiB);
  EXPECT_EQ(get(edited).value(), edited);
}

TEST_F(StoreTest, ShortMatchesAreStoredAgainSoThatAFileIsNotShredded) {
  const Bytes old = random_bytes(7, 4 * kMiB);
  put(old);
  Bytes shreds;
  const auto ends = chunk::chunk_ends(old);
  for (std::size_t i = 0; i + 1 < ends.size(); i += 2) {
    // Each old chunk is followed by new bytes long enough to end in a chunk border of their own.
    const std::size_t start = i == 0 ? 0 : ends[i - 1];
    put_bytes(shreds, ByteView(old).subspan(start, ends[i] - start));
    put_bytes(shreds, random_bytes(100 + i, 300 * kKiB));
  }
  const auto content = put(shreds);
  EXPECT_LE(content.file->recipe.size(), 3u);
  EXPECT_EQ(get(shreds).value(), shreds);
}

TEST_F(StoreTest, RepeatsInsideOneFileAreStoredOnce) {
  const Bytes part = random_bytes(8, 3 * kMiB);
  const Bytes twice = joined({part, part, part});
  put(twice);
  EXPECT_LT(stored_bytes(), 3 * kMiB + 600 * kKiB);
  EXPECT_EQ(get(twice).value(), twice);
}

TEST_F(StoreTest, ZerosTakeNextToNothing) {
  const Bytes zeros(20 * kMiB);
  put(zeros);
  EXPECT_LT(stored_bytes(), 64 * kKiB);
  EXPECT_EQ(get(zeros).value(), zeros);
}

TEST_F(StoreTest, ManyTinyPiecesAndTextGoThroughTheSamePath) {
  std::string text;
  for (int i = 0; i < 40'000; ++i) text += "line " + std::to_string(i) + " of a long text\n";
  put(as_bytes(text), 13);
  EXPECT_EQ(as_text(get(as_bytes(text)).value()), text);
  EXPECT_LT(stored_bytes(), text.size() / 2);  // coded
}

TEST_F(StoreTest, WrongHashOrSizeIsInvalidAndLeavesNothing) {
  const Bytes bytes = random_bytes(9, kMiB);
  Sha256 wrong = sha256_of(bytes);
  wrong.bytes[0] ^= std::byte{1};
  EXPECT_EQ(ingest(bytes, kMiB, {.sha256 = wrong, .size_bytes = {}}).error().kind,
            ErrorKind::Invalid);
  EXPECT_EQ(ingest(bytes, kMiB, {.sha256 = {}, .size_bytes = 5}).error().kind, ErrorKind::Invalid);
  auto longer = store_->start_ingest({.size_bytes = 10}).value();
  EXPECT_EQ(longer->write(as_bytes("eleven bytes")).error().kind, ErrorKind::Invalid);
  auto shorter = store_->start_ingest({.size_bytes = 10}).value();
  ASSERT_TRUE(shorter->write(as_bytes("nine byte")));
  EXPECT_EQ(shorter->finish({}).error().kind, ErrorKind::Invalid);
  int objects = 0;
  ASSERT_TRUE(objects_->for_each([&](const object::ObjectName&) -> Result<void> {
    ++objects;
    return {};
  }));
  EXPECT_EQ(objects, 0);
}

TEST_F(StoreTest, AnUploadLargerThanTheDiskIsRefusedBeforeItsFirstByte) {
  files().set_capacity(10 * limits::kGiB);
  restart();
  EXPECT_EQ(store_->start_ingest({.size_bytes = 9 * limits::kGiB}).error().kind,
            ErrorKind::NoSpace);
  EXPECT_TRUE(store_->start_ingest({.size_bytes = 7 * limits::kGiB}));
  EXPECT_EQ(store_->start_ingest({.size_bytes = limits::kFileSizeBytesMax + 1}).error().kind,
            ErrorKind::TooLarge);
}

TEST_F(StoreTest, AFullDiskInMidFileIsNoSpaceAndFreesWhatWasWritten) {
  files().set_capacity(70 * kMiB);
  restart({.floor_bytes = 0, .floor_percent = 0});
  auto ingest = store_->start_ingest({}).value();
  const Bytes bytes = random_bytes(10, kMiB);
  Result<void> done;
  for (int i = 0; i < 80 && done; ++i) {
    Bytes part = bytes;
    part[0] = static_cast<std::byte>(i);
    for (std::size_t at = 0; at < part.size(); at += 4096) part[at] = static_cast<std::byte>(i);
    done = ingest->write(part);
  }
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::NoSpace);
  ingest.reset();
  EXPECT_EQ(files().free_bytes("data").value(), 70 * kMiB);
}

TEST_F(StoreTest, AFailedSyncMakesTheStoreReadOnlyAndReadsGoOn) {
  const Bytes old = random_bytes(11, 100'000);
  put(old);
  files().inject({.kind = SimFault::Kind::Io, .calls = {SimCall::Sync}});
  EXPECT_EQ(ingest(random_bytes(12, 1000)).error().kind, ErrorKind::Unavailable);
  EXPECT_NE(store_->write_refusal(), "");
  EXPECT_EQ(store_->start_ingest({}).error().kind, ErrorKind::Unavailable);
  EXPECT_EQ(get(old).value(), old);
}

TEST_F(StoreTest, EveryFlippedBitIsFoundBeforeItsBytesAreGiven) {
  const Bytes raw = random_bytes(13, 600 * kKiB);
  const Bytes text(300 * kKiB, std::byte{'a'});
  const Bytes bytes = joined({raw, text});
  const auto content = put(bytes);
  ASSERT_EQ(content.xorbs.size(), 1u);
  const std::string path = path_of(content.xorbs[0].hash);
  const std::uint64_t size = content.xorbs[0].stored_size_bytes;
  SimNumbers numbers(14);
  int refused = 0;
  constexpr int kFlips = 300;
  for (int i = 0; i < kFlips; ++i) {
    const std::uint64_t near_end = 8 * (size - 1 - numbers.below(300));
    const std::uint64_t bit = (i < 100 ? near_end : numbers.below(size) * 8) + numbers.below(8);
    flip_bit(path, bit);
    restart();
    const auto got = get(bytes);
    if (got)
      EXPECT_EQ(*got, bytes);  // a bit of the chunk table, which reading does not need
    else
      EXPECT_EQ(got.error().kind, ErrorKind::Corrupt);
    refused += got ? 0 : 1;
    flip_bit(path, bit);
  }
  EXPECT_GT(refused, kFlips / 2);
}

TEST_F(StoreTest, AMissingObjectIsCorruptAndAnUnknownFileNotFound) {
  const Bytes bytes = random_bytes(15, 1000);
  const auto content = put(bytes);
  ASSERT_TRUE(objects_->remove({.hash = content.xorbs[0].hash, .generation = 0}));
  EXPECT_EQ(get(bytes).error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(store_->open(sha256_of(as_bytes("never stored"))).error().kind, ErrorKind::NotFound);
}

TEST_F(StoreTest, ARecipeThatDoesNotFitItsXorbIsCorrupt) {
  const Bytes bytes = random_bytes(16, 1000);
  put(bytes);
  codec::ScratchPool scratches{codec::best_kernels()};
  XorbCache cache(*objects_, content(), facts_->codings(), scratches);
  meta::StoredFile file = content().find_file(sha256_of(bytes)).value();
  file.recipe[0].offset_bytes = 1;
  auto reader = RecipeReader::create(cache, file, {}).value();
  EXPECT_EQ(reader->read(0, 10).error().kind, ErrorKind::Corrupt);
  file.recipe[0].size_bytes = 999;
  EXPECT_EQ(RecipeReader::create(cache, file, {}).error().kind, ErrorKind::Corrupt);
}

TEST_F(StoreTest, PiecesEndWhereBlocksDoSoThatReadersShareNone) {
  Bytes bytes = random_bytes(36, 3 * kMiB);
  const std::size_t edited = kMiB + 5;
  put(bytes);
  bytes[edited] ^= std::byte{1};  // its file is of two xorbs
  const auto reader = store_->open(put(bytes).file->sha256).value();
  const std::unique_ptr<FileReader> readers[] = {reader->again(), reader->again()};
  std::uint64_t at = 0;
  for (std::size_t turn = 0; at < bytes.size(); turn ^= 1) {
    const std::uint64_t end = reader->piece_end(at);
    ASSERT_GT(end, at);
    ASSERT_LE(end - at, limits::kBlockSizeBytes);
    const auto piece = readers[turn]->read(at, 4 * kMiB);
    ASSERT_TRUE(piece);
    ASSERT_FALSE(piece->slice);
    ASSERT_TRUE(std::ranges::equal(piece->bytes, ByteView(bytes).subspan(at, end - at)));
    at = end;
  }
}

TEST_F(StoreTest, ReadsPastTheEndAreRefusedAndReadAtTheEndIsEmpty) {
  const Bytes bytes = random_bytes(17, 1000);
  put(bytes);
  auto reader = store_->open(sha256_of(bytes)).value();
  EXPECT_EQ(reader->read(1000, 10)->size_bytes(), 0u);
  EXPECT_EQ(reader->read(~std::uint64_t{0}, 10)->size_bytes(), 0u);
  Bytes out(2);
  EXPECT_EQ(reader->read_exactly(999, out).error().kind, ErrorKind::Invalid);
  EXPECT_EQ(reader->read_exactly(~std::uint64_t{0}, out).error().kind, ErrorKind::Invalid);
}

TEST_F(StoreTest, AFileGivesAboutOneHookFor64MiBAndOneForItsStart) {
  EXPECT_LE(put(random_bytes(18, 8 * kMiB)).hooks.size(), 4u);
}

// Slices need real descriptors.
class RealStoreTest : public ::testing::Test {
 protected:
  RealStoreTest() {
    std::string folder = (std::filesystem::temp_directory_path() / "granary.XXXXXX").string();
    GRANARY_ASSERT(::mkdtemp(folder.data()) != nullptr);
    folder_ = folder;
    objects_ =
        object::open_disk_store(real_env(), folder, {.floor_bytes = 0, .floor_percent = 0}).value();
    store_ = make_store(real_env(), *objects_, *facts_, {});
  }
  ~RealStoreTest() override {
    store_.reset();
    objects_.reset();
    std::filesystem::remove_all(folder_);
  }
  void put(ByteView bytes) {
    auto ingest = store_->start_ingest({.size_bytes = bytes.size()}).value();
    ASSERT_TRUE(ingest->write(bytes));
    ASSERT_TRUE(facts_->content().record(ingest->finish({}).value()));
  }

  std::filesystem::path folder_;
  std::unique_ptr<meta::MetaStore> facts_ =
      meta::create_sqlite_meta_store(real_env(), {.path = ":memory:"}).value();
  std::unique_ptr<object::ObjectStore> objects_;
  std::unique_ptr<Store> store_;
};

TEST_F(RealStoreTest, RawBlocksGoAsBytesTheFirstTimeAndThenAsOneLongSlice) {
  const Bytes bytes = random_bytes(20, 5 * kMiB + 123);
  put(bytes);
  auto reader = store_->open(sha256_of(bytes)).value();
  EXPECT_FALSE(reader->read(300 * kKiB, kMiB)->slice);
  EXPECT_TRUE(reader->read(300 * kKiB, kMiB)->slice);
  EXPECT_EQ(reader->read(300 * kKiB, kMiB)->size_bytes(), 212 * kKiB);  // to what is not checked
  Bytes out(bytes.size());
  ASSERT_TRUE(reader->read_exactly(0, out));
  EXPECT_EQ(out, bytes);

  auto other = store_->open(sha256_of(bytes)).value();
  const Piece piece = other->read(1000, 64 * kMiB).value();
  ASSERT_TRUE(piece.slice);
  EXPECT_EQ(piece.size_bytes(), bytes.size() - 1000);
  Bytes sent(piece.size_bytes());
  ASSERT_EQ(::pread(piece.slice->descriptor, sent.data(), sent.size(),
                    static_cast<off_t>(piece.slice->offset_bytes)),
            static_cast<ssize_t>(sent.size()));
  EXPECT_TRUE(std::equal(sent.begin(), sent.end(), bytes.begin() + 1000));
}

TEST_F(RealStoreTest, APieceOutlivesTheNextRead) {
  Bytes bytes(2 * kMiB + 77);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::byte>('a' + i * i % 1009 % 7);  // not noise: its blocks are coded
  }
  put(bytes);
  const auto reader = store_->open(sha256_of(bytes)).value();
  for (const std::uint64_t size : {kMiB, 256 * kKiB, 100 * kKiB, 7 * kKiB}) {
    std::uint64_t at = 0;
    Piece before = reader->read(0, size).value();
    while (at + before.size_bytes() < bytes.size()) {
      ASSERT_FALSE(before.slice);
      const Piece next = reader->read(at + before.size_bytes(), size).value();
      ASSERT_TRUE(std::equal(before.bytes.begin(), before.bytes.end(),
                             bytes.begin() + static_cast<std::ptrdiff_t>(at)))
          << size << " at " << at;
      at += before.size_bytes();
      before = next;
    }
  }
}

TEST_F(RealStoreTest, AXorbInItsWireFormIsTheSameBeforeAndAfterItsBlocksAreChecked) {
  const Bytes bytes = random_bytes(22, 3 * kMiB);
  put(bytes);
  Bytes wire;
  std::size_t start = 0;
  for (const std::size_t end : chunk::chunk_ends(bytes)) {
    const auto size = static_cast<std::uint64_t>(end - start);
    put_u32(wire, static_cast<std::uint32_t>(size << 8));  // version 0, the length as sent
    put_u32(wire, static_cast<std::uint32_t>(size << 8));  // scheme 0, the length
    put_bytes(wire, ByteView(bytes).subspan(start, end - start));
    start = end;
  }
  const auto reader = store_->open_xorb({1}).value();
  for (int i = 0; i < 2; ++i) {
    Bytes got(reader->size_bytes());
    ASSERT_TRUE(reader->read_exactly(0, got));
    EXPECT_EQ(got, wire);
  }
}

TEST_F(RealStoreTest, WithVerifyAlwaysNothingIsSentUnchecked) {
  store_ = make_store(real_env(), *objects_, *facts_, {.verify_always = true});
  const Bytes bytes = random_bytes(21, kMiB);
  put(bytes);
  auto reader = store_->open(sha256_of(bytes)).value();
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(reader->read(0, kMiB)->slice);
}

}  // namespace
}  // namespace granary::store
