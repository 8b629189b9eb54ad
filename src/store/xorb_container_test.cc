// The container of a xorb at rest: round trips, and refusal of everything damaged or hostile.
#include "store/xorb_container.h"

#include <gtest/gtest.h>

#include "base/limits.h"
#include "base/sim_disk.h"
#include "chunk/chunk_hash.h"
#include "codec/block_checksum.h"
#include "object/memory_store.h"
#include "store/xorb_reader.h"
#include "store/xorb_writer.h"

namespace granary::store {
namespace {

struct Ends {
  XorbTrailer trailer;
  std::vector<XorbChunk> chunks;
  std::vector<XorbBlock> blocks;
  Bytes bytes;

  ByteView tail() const { return ByteView(bytes).last(kXorbTrailerSizeBytes); }
  ByteView chunk_table() const {
    return ByteView(bytes).first(chunks.size() * kXorbChunkEntrySizeBytes);
  }
  ByteView block_table() const {
    return ByteView(bytes).subspan(chunk_table().size(), blocks.size() * kXorbBlockEntrySizeBytes);
  }
  std::uint64_t object_size() const { return trailer.coded_size_bytes + bytes.size(); }
};

Ends make_ends(std::uint32_t size_bytes, std::uint32_t chunk_size) {
  Ends ends;
  for (std::uint32_t end = 0; end < size_bytes;) {
    end = std::min(size_bytes, end + chunk_size);
    XorbChunk chunk{.hash = {}, .end_bytes = end};
    chunk.hash.bytes[3] = static_cast<std::byte>(end);
    ends.chunks.push_back(chunk);
  }
  std::uint32_t offset = 0;
  constexpr auto kBlock = static_cast<std::uint32_t>(limits::kBlockSizeBytes);
  for (std::uint32_t start = 0; start < size_bytes; start += kBlock) {
    const std::uint32_t original = std::min(kBlock, size_bytes - start);
    const bool coded = start % (2 * kBlock) != 0 && original > 1;
    const std::uint32_t size = coded ? original / 2 : original;
    ends.blocks.push_back({.offset_bytes = offset,
                           .coded_size_bytes = size,
                           .codec = coded ? codec::CodecId::Zstd : codec::CodecId::Raw,
                           .checksum = start * 17});
    offset += size;
  }
  ends.trailer.hash.bytes[0] = std::byte{0xAB};
  ends.trailer.size_bytes = size_bytes;
  ends.trailer.coded_size_bytes = offset;
  ends.bytes = encode_xorb_end(ends.trailer, ends.chunks, ends.blocks);
  return ends;
}

TEST(XorbContainer, TablesAndTrailerRoundTrip) {
  for (const std::uint32_t size : {1u, 100'000u, 262'144u, 262'145u, 67'108'864u}) {
    const Ends ends = make_ends(size, 65'536);
    const auto trailer = parse_xorb_trailer(ends.tail(), ends.object_size());
    ASSERT_TRUE(trailer) << trailer.error().message;
    EXPECT_EQ(*trailer, ends.trailer);
    EXPECT_EQ(parse_xorb_chunks(*trailer, ends.chunk_table()).value(), ends.chunks);
    EXPECT_EQ(parse_xorb_blocks(*trailer, ends.block_table()).value(), ends.blocks);
  }
}

TEST(XorbContainer, TheExampleOfTheFormatPageIsWhatIsWritten) {
  const ByteView abc = as_bytes("abc");
  const ChunkHash hash = chunk::chunk_hash(abc);
  XorbTrailer trailer;
  trailer.hash.bytes = hash.bytes;
  trailer.size_bytes = trailer.coded_size_bytes = abc.size();
  const XorbChunk chunk{.hash = hash, .end_bytes = 3};
  const XorbBlock block{.coded_size_bytes = 3, .checksum = codec::block_checksum(abc)};
  EXPECT_EQ(to_hex(encode_xorb_end(trailer, {&chunk, 1}, {&block, 1})),
            "14f0aff7063580a845c69db7e9a99af15661f9702567495c4e28d08d6929130703000000"
            "000000000300000050392f89945faf780000000000000000"
            "0de210e6aea77b5e14f0aff7063580a845c69db7e9a99af15661f9702567495c4e28d08d69291307"
            "0300000000000000030000000000000001000000010000000000040000000000"
            "3f73b78fb0bc094a2d19a7488011f5dc0100000047585242");
}

TEST(XorbContainer, EveryFlippedBitOfTheEndIsCorrupt) {
  const Ends good = make_ends(600'000, 65'536);
  for (std::size_t bit = 0; bit < good.bytes.size() * 8; ++bit) {
    Ends bad = good;
    bad.bytes[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
    const auto trailer = parse_xorb_trailer(bad.tail(), bad.object_size());
    const bool found = !trailer || !parse_xorb_chunks(*trailer, bad.chunk_table()) ||
                       !parse_xorb_blocks(*trailer, bad.block_table());
    ASSERT_TRUE(found) << "bit " << bit;
  }
}

TEST(XorbContainer, EveryWrongLengthIsCorrupt) {
  const Ends ends = make_ends(600'000, 65'536);
  EXPECT_FALSE(parse_xorb_trailer(ends.tail().first(95), ends.object_size()));
  EXPECT_FALSE(parse_xorb_trailer({}, 0));
  for (const std::uint64_t size :
       {std::uint64_t{0}, ends.object_size() - 1, ends.object_size() + 1, ~std::uint64_t{0}}) {
    EXPECT_EQ(parse_xorb_trailer(ends.tail(), size).error().kind, ErrorKind::Corrupt);
  }
  EXPECT_FALSE(parse_xorb_chunks(ends.trailer, ends.chunk_table().first(36)));
  EXPECT_FALSE(parse_xorb_blocks(ends.trailer, ends.block_table().first(24)));
}

// Sound checksums around impossible values, as only a hostile or buggy writer would make.
TEST(XorbContainer, ImpossibleTablesAreCorruptEvenWithSoundChecksums) {
  const auto is_refused = [](const auto& damage) {
    Ends ends = make_ends(600'000, 65'536);
    damage(ends);
    ends.bytes = encode_xorb_end(ends.trailer, ends.chunks, ends.blocks);
    const auto trailer = parse_xorb_trailer(ends.tail(), ends.object_size());
    return !trailer || !parse_xorb_chunks(*trailer, ends.chunk_table()) ||
           !parse_xorb_blocks(*trailer, ends.block_table());
  };
  EXPECT_FALSE(is_refused([](Ends&) {}));
  EXPECT_TRUE(is_refused([](Ends& e) { e.trailer.size_bytes = 0; }));
  EXPECT_TRUE(is_refused([](Ends& e) { e.trailer.size_bytes = 64 * limits::kMiB + 1; }));
  EXPECT_TRUE(is_refused([](Ends& e) { e.trailer.coded_size_bytes = ~std::uint64_t{0}; }));
  EXPECT_TRUE(is_refused([](Ends& e) { e.chunks.clear(); }));
  EXPECT_TRUE(is_refused([](Ends& e) { e.chunks.pop_back(); }));
  EXPECT_TRUE(is_refused([](Ends& e) { e.chunks[1].end_bytes = e.chunks[0].end_bytes; }));
  EXPECT_TRUE(is_refused([](Ends& e) { e.chunks[1].end_bytes = ~std::uint32_t{0}; }));
  EXPECT_TRUE(is_refused([](Ends& e) { e.chunks.erase(e.chunks.begin(), e.chunks.begin() + 3); }));
  EXPECT_TRUE(is_refused([](Ends& e) { e.blocks.pop_back(); }));
  EXPECT_TRUE(is_refused([](Ends& e) { e.blocks[1].offset_bytes += 1; }));
  EXPECT_TRUE(is_refused([](Ends& e) { e.blocks[0].coded_size_bytes -= 1; }));
  EXPECT_TRUE(is_refused([](Ends& e) { e.blocks[1].coded_size_bytes = 0; }));
  EXPECT_TRUE(is_refused([](Ends& e) { e.blocks[1].codec = codec::CodecId{200}; }));
}

class XorbFileTest : public ::testing::Test {
 protected:
  // Writes a xorb in the given pieces (all but the last whole blocks) and opens it again.
  std::shared_ptr<const XorbReader> write(const std::vector<Bytes>& pieces) {
    XorbWriter writer(store_->create(0).value(), Coding::Best, scratches_);
    std::vector<XorbChunk> chunks;
    std::uint32_t size = 0;
    for (const Bytes& piece : pieces) {
      EXPECT_TRUE(writer.add_blocks(piece));
      const auto end = size + static_cast<std::uint32_t>(piece.size());
      while (size < end) {
        size = std::min(end, size + 100'000);
        chunks.push_back({.hash = {}, .end_bytes = size});
      }
    }
    const auto stored = writer.finish(hash_, chunks);
    EXPECT_TRUE(stored);
    EXPECT_TRUE(writer.take_object()->publish({.hash = hash_, .generation = 0}));
    auto object = store_->open({.hash = hash_, .generation = 0}).value();
    EXPECT_EQ(object->size_bytes(), *stored);
    auto reader = XorbReader::open(object, hash_);
    EXPECT_TRUE(reader) << reader.error().message;
    EXPECT_EQ((*reader)->read_chunks().value(), chunks);
    return *reader;
  }
  static Bytes noise(std::size_t size) {
    Bytes bytes(size);
    SimNumbers numbers(size);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(numbers.next());
    return bytes;
  }

  std::unique_ptr<object::ObjectStore> store_ = object::make_memory_store();
  struct NoBases final : BaseReader {
    Result<void> read_base(const XorbHash&, std::uint64_t, std::span<std::byte>) override {
      return fail(ErrorKind::Corrupt, "no base is here");
    }
  };
  codec::ScratchPool scratches_{codec::best_kernels()};
  NoBases bases_;
  XorbHash hash_{{std::byte{1}, std::byte{2}}};
};

TEST_F(XorbFileTest, RawBlocksLieSideBySideFromTheStart) {
  const Bytes bytes = noise(3 * limits::kBlockSizeBytes + 77);
  const auto reader = write({bytes});
  ASSERT_EQ(reader->blocks().size(), 4u);
  Bytes stored(bytes.size());
  ASSERT_TRUE(reader->object().read_at(0, stored));
  EXPECT_EQ(stored, bytes);
}

TEST_F(XorbFileTest, RawAndCodedBlocksMixInOneXorb) {
  std::vector<Bytes> pieces;
  for (int i = 0; i < 7; ++i) {
    const std::size_t size = i == 6 ? 5000 : limits::kBlockSizeBytes;
    pieces.push_back(i % 3 == 1 ? Bytes(size, std::byte{'z'}) : noise(size));
  }
  const auto reader = write(pieces);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    EXPECT_EQ(reader->blocks()[i].codec,
              i % 3 == 1 ? codec::CodecId::Constant : codec::CodecId::Raw);
    Bytes out(pieces[i].size());
    ASSERT_TRUE(reader->read_block(i, out, {scratches_, bases_}));
    EXPECT_EQ(out, pieces[i]);
  }
}

TEST_F(XorbFileTest, AnotherXorbsNameIsCorrupt) {
  const auto reader = write({noise(10)});
  auto object = store_->open({.hash = hash_, .generation = 0}).value();
  EXPECT_EQ(XorbReader::open(object, XorbHash{}).error().kind, ErrorKind::Corrupt);
}

}  // namespace
}  // namespace granary::store
