// Xorbs as the Xet protocol carries them, against its form byte by byte.
#include <algorithm>

#include "store/xet_testing.h"

namespace granary::store {
namespace {

using limits::kKiB;
using limits::kMiB;

class WireXorbTest : public XetStoreTest {
 protected:
  /// The form of docs, byte by byte: what open_xorb must give.
  static Bytes wire_form(const Chunks& chunks) {
    Bytes wire;
    for (const ByteView chunk : chunks) {
      const auto size = static_cast<std::uint32_t>(chunk.size());
      put_u8(wire, 0);
      for (const int shift : {0, 8, 16}) put_u8(wire, static_cast<std::uint8_t>(size >> shift));
      put_u8(wire, 0);
      for (const int shift : {0, 8, 16}) put_u8(wire, static_cast<std::uint8_t>(size >> shift));
      put_bytes(wire, chunk);
    }
    return wire;
  }
  static Bytes read_all(FileReader& reader, std::uint64_t from, std::uint64_t step) {
    Bytes all;
    while (from < reader.size_bytes()) {
      const auto piece = reader.read(from, step);
      EXPECT_TRUE(piece) << piece.error().message;
      EXPECT_FALSE(!piece || piece->slice || piece->bytes.empty());
      if (!piece || piece->bytes.empty()) break;
      put_bytes(all, piece->bytes);
      from += piece->bytes.size();
    }
    return all;
  }
};

TEST_F(WireXorbTest, TheWireFormIsHeadersAndChunksWhateverTheCoding) {
  Bytes bytes = random_bytes(30, kMiB);
  std::fill(bytes.begin() + 300'000, bytes.begin() + 900'000, std::byte{7});  // is coded at rest
  const Chunks chunks = cut(bytes);
  const Bytes wire = wire_form(chunks);
  const meta::Xorb xorb = put_xorb(chunks);
  ASSERT_LT(xorb.stored_size_bytes, bytes.size());
  const auto reader = store_->open_xorb(xorb.id).value();
  EXPECT_EQ(reader->size_bytes(), wire.size());
  for (const std::uint64_t step : {std::uint64_t{977}, 100 * kKiB, 4 * kMiB}) {
    EXPECT_EQ(read_all(*reader, 0, step), wire);
  }
  Bytes all(wire.size());
  ASSERT_TRUE(reader->read_exactly(0, all));
  EXPECT_EQ(all, wire);
  EXPECT_TRUE(reader->read(wire.size(), 1)->bytes.empty());
  Bytes one(1);
  EXPECT_EQ(reader->read_exactly(wire.size(), one).error().kind, ErrorKind::Invalid);
}

TEST_F(WireXorbTest, PiecesEndWhereBlocksDoSoThatReadersShareNone) {
  const Bytes bytes = random_bytes(35, kMiB);
  const Chunks chunks = cut(bytes);
  const Bytes wire = wire_form(chunks);
  const auto reader = store_->open_xorb(put_xorb(chunks).id).value();
  const std::unique_ptr<FileReader> readers[] = {reader->again(), reader->again()};
  Bytes all;
  std::size_t count = 0;
  for (; all.size() < wire.size(); ++count) {
    const std::uint64_t end = reader->piece_end(all.size());
    const auto piece = readers[count % 2]->read(all.size(), 4 * kMiB);
    ASSERT_TRUE(piece);
    put_bytes(all, piece->bytes);
    ASSERT_EQ(all.size(), end);
  }
  EXPECT_EQ(all, wire);
  EXPECT_EQ(count, kMiB / limits::kBlockSizeBytes);
}

TEST_F(WireXorbTest, RangesMayBeginAndEndAnywhereAroundEveryChunk) {
  const Bytes bytes = random_bytes(31, 700 * kKiB);
  const Chunks chunks = cut(bytes);
  const Bytes wire = wire_form(chunks);
  const auto reader = store_->open_xorb(put_xorb(chunks).id).value();
  std::vector<std::size_t> edges;
  std::size_t start = 0;
  for (const ByteView chunk : chunks) {
    for (std::size_t into = 0; into <= 9; ++into) edges.push_back(start + into);
    start += 8 + chunk.size();
    edges.push_back(start - 1);
  }
  edges.push_back(wire.size());
  for (const std::size_t from : edges) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{7}, std::size_t{9}, 66 * kKiB}) {
      const std::size_t here = std::min(size, wire.size() - from);
      Bytes out(here);
      ASSERT_TRUE(reader->read_exactly(from, out)) << from;
      ASSERT_TRUE(std::equal(out.begin(), out.end(), wire.begin() + std::ptrdiff_t(from))) << from;
    }
  }
}

TEST_F(WireXorbTest, ChunksOfOneByteHaveHeadersToo) {
  const Bytes bytes = random_bytes(32, 8192);
  const Chunks chunks = cut_in_pieces(bytes, 1);
  const Bytes wire = wire_form(chunks);
  const auto reader = store_->open_xorb(put_xorb(chunks).id).value();
  EXPECT_EQ(reader->size_bytes(), 9u * 8192u);
  EXPECT_EQ(read_all(*reader, 0, 1000), wire);
  EXPECT_EQ(read_all(*reader, 12'345, 4 * kMiB), Bytes(wire.begin() + 12'345, wire.end()));
}

TEST_F(WireXorbTest, OfADamagedBlockNoByteIsGiven) {
  const Bytes bytes = random_bytes(33, kMiB);
  const Chunks chunks = cut(bytes);
  const meta::Xorb xorb = put_xorb(chunks);
  flip_bit(path_of(xorb.hash), 300 * kKiB * 8);  // in block 1
  const auto reader = store_->open_xorb(xorb.id).value();
  EXPECT_TRUE(reader->read(0, 200 * kKiB));
  EXPECT_LT(reader->read(0, kMiB)->bytes.size(), 257 * kKiB) << "no more than the sound block";
  EXPECT_EQ(reader->read(260 * kKiB, kMiB).error().kind, ErrorKind::Corrupt);
  EXPECT_EQ(reader->read(280 * kKiB, 1000).error().kind, ErrorKind::Corrupt);
  EXPECT_TRUE(reader->read(600 * kKiB, 100 * kKiB));
}

TEST_F(WireXorbTest, AnIngestedXorbHasAWireFormAsWell) {
  const Bytes bytes = random_bytes(34, kMiB);
  put(bytes);
  const auto reader = store_->open_xorb(content().list_xorbs({}, 1)->at(0).id).value();
  EXPECT_EQ(read_all(*reader, 0, 4 * kMiB), wire_form(cut(bytes)));
}

}  // namespace
}  // namespace granary::store
