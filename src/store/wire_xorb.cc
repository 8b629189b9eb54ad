// Headers woven between a xorb's chunks.
#include "store/wire_xorb.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/limits.h"
#include "store/file_reader.h"

namespace granary::store {
namespace {

constexpr std::size_t kHeaderSizeBytes = 8;
using Header = std::array<std::byte, kHeaderSizeBytes>;

void put_u24(Header& header, std::size_t at, std::uint32_t value) {
  for (std::size_t i = 0; i < 3; ++i) {
    header[at + i] = static_cast<std::byte>(value >> (8 * i));
  }
}

// Version 0, the length as sent, scheme 0 (as it is), the original length.
Header header_of(std::uint32_t size_bytes) {
  Header header{};
  put_u24(header, 1, size_bytes);
  put_u24(header, 5, size_bytes);
  return header;
}

}  // namespace

Result<std::unique_ptr<FileReader>> WireXorbReader::create(XorbCache& cache, const meta::Xorb& xorb,
                                                           std::shared_ptr<const KnownXorb> known,
                                                           const StoreOptions& options) {
  const auto size_bytes = static_cast<std::uint32_t>(xorb.size_bytes);
  const ChunkList& list = known->list;
  if (list.start_bytes(list.count()) != xorb.size_bytes) {
    return fail(ErrorKind::Corrupt, "xorb " + xorb.hash.to_string() + " is of another size");
  }
  meta::StoredFile whole{.sha256 = {},
                         .size_bytes = size_bytes,
                         .file_hash = {},
                         .recipe = {{.xorb = xorb.id,
                                     .chunk_start = 0,
                                     .chunk_end = list.count(),
                                     .offset_bytes = 0,
                                     .size_bytes = size_bytes}}};
  TRY(auto original, RecipeReader::create(cache, std::move(whole), options));
  return std::unique_ptr<FileReader>(new WireXorbReader(std::move(original), std::move(known)));
}

// A chunk's header starts there; of index count() the end of all.
std::uint64_t WireXorbReader::start_of(std::uint32_t index) const {
  return std::uint64_t{known_->list.start_bytes(index)} + kHeaderSizeBytes * std::uint64_t{index};
}

std::uint32_t WireXorbReader::index_at(std::uint64_t offset) const {
  std::uint32_t low = 0, high = known_->list.count();
  while (high - low > 1) {
    const std::uint32_t middle = low + (high - low) / 2;
    (start_of(middle) <= offset ? low : high) = middle;
  }
  return low;
}

// Where the block ends of which the next byte is.
std::uint64_t WireXorbReader::piece_end(std::uint64_t offset) const {
  const ChunkList& list = known_->list;
  std::uint32_t index = index_at(offset);
  const std::uint64_t into = offset - start_of(index);
  const std::uint64_t original =
      list.start_bytes(index) + (into < kHeaderSizeBytes ? 0 : into - kHeaderSizeBytes);
  const std::uint64_t end = original_->piece_end(original);
  while (list.start_bytes(index + 1) < end) ++index;
  const std::uint64_t wire_end = start_of(index) + kHeaderSizeBytes + end - list.start_bytes(index);
  return std::min<std::uint64_t>(wire_end, offset + limits::kWireXorbPieceSizeBytes);
}

Result<Piece> WireXorbReader::read(std::uint64_t offset, std::uint64_t size_bytes_max) {
  if (offset >= size_bytes()) return Piece{};
  const std::uint64_t size = std::min(size_bytes_max, piece_end(offset) - offset);
  turn_ ^= 1;
  Bytes& piece = pieces_[turn_];
  piece.resize(static_cast<std::size_t>(size));
  TRY_DONE(read_exactly(offset, piece));
  return Piece{.bytes = piece, .slice = {}};
}

Result<void> WireXorbReader::read_exactly(std::uint64_t offset, std::span<std::byte> out) {
  if (offset > size_bytes() || out.size() > size_bytes() - offset) {
    return fail(ErrorKind::Invalid, "past the end of the xorb");
  }
  for (std::uint32_t index = index_at(offset); !out.empty(); ++index) {
    const std::uint32_t start = known_->list.start_bytes(index);
    const std::uint32_t size_bytes = known_->list.start_bytes(index + 1) - start;
    std::uint64_t skipped = offset - start_of(index);  // of the header and the chunk
    if (skipped < kHeaderSizeBytes) {
      const Header header = header_of(size_bytes);
      const ByteView rest = ByteView(header).subspan(static_cast<std::size_t>(skipped));
      const std::size_t part = std::min(rest.size(), out.size());
      std::memcpy(out.data(), rest.data(), part);
      out = out.subspan(part);
      offset += part;
      skipped = kHeaderSizeBytes;
    }
    const std::uint64_t into = skipped - kHeaderSizeBytes;
    const auto part =
        static_cast<std::size_t>(std::min<std::uint64_t>(size_bytes - into, out.size()));
    TRY_DONE(original_->read_exactly(start + into, out.first(part)));
    out = out.subspan(part);
    offset += part;
  }
  return {};
}

}  // namespace granary::store
