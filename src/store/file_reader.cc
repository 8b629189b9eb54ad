// The recipe reader.
#include "store/file_reader.h"

#include <algorithm>
#include <cstring>

#include "base/limits.h"

namespace granary::store {

Result<std::unique_ptr<RecipeReader>> RecipeReader::create(XorbCache& cache, meta::StoredFile file,
                                                           const StoreOptions& options) {
  auto layout = std::make_shared<Layout>();
  layout->ends.reserve(file.recipe.size());
  std::uint64_t end = 0;
  for (const meta::Term& term : file.recipe) {
    if (term.size_bytes == 0) return fail(ErrorKind::Corrupt, "a recipe with an empty term");
    end += term.size_bytes;
    layout->ends.push_back(end);
  }
  if (end != file.size_bytes) return fail(ErrorKind::Corrupt, "a recipe that does not add up");
  layout->file = std::move(file);
  return std::unique_ptr<RecipeReader>(new RecipeReader(cache, std::move(layout), options));
}

RecipeReader::Place RecipeReader::place_of(std::uint64_t offset) const {
  const auto end = std::ranges::upper_bound(layout_->ends, offset);
  const auto index = static_cast<std::size_t>(end - layout_->ends.begin());
  const meta::Term& term = layout_->file.recipe[index];
  return {term, *end, term.offset_bytes + (term.size_bytes - (*end - offset))};
}

std::uint64_t RecipeReader::piece_end(std::uint64_t offset) const {
  const Place place = place_of(offset);
  const std::uint64_t into = place.xorb_offset_bytes % limits::kBlockSizeBytes;
  return std::min(place.term_end, offset + limits::kBlockSizeBytes - into);
}

Result<Piece> RecipeReader::read(std::uint64_t offset, std::uint64_t size_bytes_max) {
  if (offset >= size_bytes() || size_bytes_max == 0) return Piece{};
  const Place place = place_of(offset);
  TRY_DONE(open_xorb(place.term));
  const std::uint64_t at = place.xorb_offset_bytes;
  const std::uint64_t size = std::min(size_bytes_max, place.term_end - offset);
  const auto block = static_cast<std::size_t>(at / limits::kBlockSizeBytes);
  if (may_send_as_it_lies(block)) return slice(at, size);
  const std::uint64_t skipped = at % limits::kBlockSizeBytes;
  TRY(const ByteView bytes, block_bytes(block, skipped + size >= limits::kBlockSizeBytes));
  const ByteView rest = bytes.subspan(skipped);
  return Piece{.bytes = rest.first(std::min<std::uint64_t>(rest.size(), size)), .slice = {}};
}

Result<void> RecipeReader::read_exactly(std::uint64_t offset, std::span<std::byte> out) {
  if (offset > size_bytes() || out.size() > size_bytes() - offset) {
    return fail(ErrorKind::Invalid, "past the end of the file");
  }
  while (!out.empty()) {
    TRY(const Piece piece, read(offset, out.size()));
    const auto size = static_cast<std::size_t>(piece.size_bytes());
    if (piece.slice) {
      TRY_DONE(xorb_->reader->object().read_at(piece.slice->offset_bytes, out.first(size)));
    } else {
      std::memcpy(out.data(), piece.bytes.data(), size);
    }
    out = out.subspan(size);
    offset += size;
  }
  return {};
}

void RecipeReader::will_read(std::uint64_t offset, std::uint64_t size) {
  const std::uint64_t stop = std::min(offset + size, size_bytes());
  while (offset < stop) {
    const Place place = place_of(offset);
    const auto xorb = cache_.open(place.term.xorb);
    if (!xorb) return;  // read will say why
    const std::vector<XorbBlock>& blocks = (*xorb)->reader->blocks();
    const std::uint64_t at = place.xorb_offset_bytes;
    const std::uint64_t last = at + std::min(stop, place.term_end) - offset - 1;
    if (last / limits::kBlockSizeBytes >= blocks.size()) return;
    const XorbBlock& from = blocks[at / limits::kBlockSizeBytes];
    const XorbBlock& to = blocks[last / limits::kBlockSizeBytes];
    (*xorb)->reader->object().will_read(from.offset_bytes,
                                        to.offset_bytes + to.coded_size_bytes - from.offset_bytes);
    offset = place.term_end;
  }
}

Result<void> RecipeReader::open_xorb(const meta::Term& term) {
  if (!xorb_ || xorb_id_ != term.xorb) {
    TRY(xorb_, cache_.open(term.xorb));
    xorb_id_ = term.xorb;
    block_.reset();
  }
  const std::uint64_t size_bytes = xorb_->reader->trailer().size_bytes;
  if (term.offset_bytes > size_bytes || term.size_bytes > size_bytes - term.offset_bytes) {
    return fail(ErrorKind::Corrupt, "a recipe's term lies outside its xorb");
  }
  return {};
}

bool RecipeReader::may_send_as_it_lies(std::size_t block) const {
  return !options_.verify_always && xorb_->reader->object().descriptor() >= 0 &&
         xorb_->reader->blocks()[block].codec == codec::CodecId::Raw && xorb_->verified->has(block);
}

// Raw blocks that follow each other in the xorb do so in the object.
Piece RecipeReader::slice(std::uint64_t at, std::uint64_t size_bytes_max) const {
  const std::uint64_t stop = at + size_bytes_max;
  auto block = static_cast<std::size_t>(at / limits::kBlockSizeBytes);
  const std::uint64_t offset =
      xorb_->reader->blocks()[block].offset_bytes + at % limits::kBlockSizeBytes;
  std::uint64_t end = at;
  while (end < stop && may_send_as_it_lies(block)) {
    ++block;
    end = std::min<std::uint64_t>(stop, block * limits::kBlockSizeBytes);
  }
  return Piece{.bytes = {},
               .slice = FileSlice{.descriptor = xorb_->reader->object().descriptor(),
                                  .offset_bytes = offset,
                                  .size_bytes = end - at}};
}

// A coded block that is read in pieces may be wanted again, by others too; one that is read to its
// end, or because the one before was, rarely is.
Result<ByteView> RecipeReader::block_bytes(std::size_t block, bool to_its_end) {
  if (block_ == block) return ByteView(*bytes_);
  const bool raw = xorb_->reader->blocks()[block].codec == codec::CodecId::Raw;
  const bool goes_on = block_ && block == *block_ + 1;
  block_.reset();
  bytes_before_ = std::move(bytes_);
  if (raw || to_its_end || goes_on) {
    TRY(bytes_, cache_.read(*xorb_, block));
  } else {
    TRY(bytes_, cache_.decoded(xorb_id_, *xorb_, block));
  }
  if (raw) xorb_->verified->add(block);
  block_ = block;
  return ByteView(*bytes_);
}

}  // namespace granary::store
