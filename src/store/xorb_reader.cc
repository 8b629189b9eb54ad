// Reading xorb containers from objects.
#include "store/xorb_reader.h"

#include "base/limits.h"
#include "codec/based_block.h"
#include "codec/block.h"
#include "codec/block_checksum.h"

namespace granary::store {
namespace {

// Bytes of bases are fetched section by section.
Result<void> decode_sections(ByteView coded, std::span<std::byte> out, codec::Scratch& scratch,
                             const Decoding& decoding) {
  TRY(const auto sections, codec::parse_sections(coded, out.size()));
  for (const codec::Section& section : sections) {
    const auto base = scratch.base(static_cast<std::size_t>(codec::size_bytes_of(section.base)));
    TRY_DONE(read_stretches(decoding.bases, section.base, base));
    TRY_DONE(codec::decode_section(decoding.scratches.kernels(), section, base,
                                   out.first(section.size_bytes), scratch));
    out = out.subspan(section.size_bytes);
  }
  return {};
}

}  // namespace

Result<void> read_stretches(BaseReader& bases, std::span<const codec::BaseStretch> stretches,
                            std::span<std::byte> out) {
  for (const codec::BaseStretch& stretch : stretches) {
    TRY_DONE(bases.read_base(stretch.xorb, stretch.offset_bytes, out.first(stretch.size_bytes)));
    out = out.subspan(stretch.size_bytes);
  }
  return {};
}

Result<std::shared_ptr<const XorbReader>> XorbReader::open(
    std::shared_ptr<const object::ObjectReader> object, const XorbHash& hash) {
  const std::uint64_t size_bytes = object->size_bytes();
  if (size_bytes < kXorbTrailerSizeBytes) {
    return fail(ErrorKind::Corrupt, "xorb container: cut short");
  }
  // One read gets the trailer and, of all but the longest, the block table.
  constexpr std::uint64_t kGuess =
      limits::kXorbBlockCountMax * kXorbBlockEntrySizeBytes + kXorbTrailerSizeBytes;
  Bytes end(static_cast<std::size_t>(std::min(size_bytes, kGuess)));
  TRY_DONE(object->read_at(size_bytes - end.size(), end));
  const ByteView view = end;
  TRY(const XorbTrailer trailer, parse_xorb_trailer(view.last(kXorbTrailerSizeBytes), size_bytes));
  if (trailer.hash != hash) return fail(ErrorKind::Corrupt, "xorb container: of another xorb");
  const std::size_t table_size = trailer.block_count * kXorbBlockEntrySizeBytes;
  const ByteView table = view.first(view.size() - kXorbTrailerSizeBytes).last(table_size);
  TRY(auto blocks, parse_xorb_blocks(trailer, table));
  return std::shared_ptr<const XorbReader>(
      new XorbReader(std::move(object), trailer, std::move(blocks)));
}

Result<std::vector<XorbChunk>> XorbReader::read_chunks() const {
  Bytes table(trailer_.chunk_count * kXorbChunkEntrySizeBytes);
  TRY_DONE(object_->read_at(trailer_.coded_size_bytes, table));
  return parse_xorb_chunks(trailer_, table);
}

Result<void> XorbReader::read_block(std::size_t index, std::span<std::byte> out,
                                    const Decoding& decoding) const {
  GRANARY_ASSERT(index < blocks_.size());
  const XorbBlock& block = blocks_[index];
  GRANARY_ASSERT(out.size() == block_size_bytes(trailer_, index));
  if (block.codec == codec::CodecId::Raw) return read_stored(block, out);
  const auto scratch = decoding.scratches.lend();
  const std::span<std::byte> coded = scratch->coded().first(block.coded_size_bytes);
  TRY_DONE(read_stored(block, coded));
  if (codec::needs_base(block.codec)) return decode_sections(coded, out, *scratch, decoding);
  return codec::decode_block(decoding.scratches.kernels(), block.codec, coded, out, *scratch);
}

Result<void> XorbReader::read_stored(const XorbBlock& block, std::span<std::byte> stored) const {
  TRY_DONE(object_->read_at(block.offset_bytes, stored));
  if (codec::block_checksum(stored) == block.checksum) return {};
  return fail(ErrorKind::Corrupt, "a block of xorb " + trailer_.hash.to_string() + " is damaged");
}

}  // namespace granary::store
