// A small open-addressing table over a xorb's chunks.
#include "store/chunk_list.h"

#include <bit>

#include "base/digest.h"
#include "base/limits.h"

namespace granary::store {
namespace {

constexpr std::size_t kSlotCountMin = 64;
static_assert(limits::kXorbChunkCountMax < 0xFFFF, "indices fit the slots");

}  // namespace

ChunkList::ChunkList(std::vector<XorbChunk> chunks) : chunks_(std::move(chunks)) {
  GRANARY_ASSERT(chunks_.size() <= limits::kXorbChunkCountMax);
  grow();
}

std::optional<std::uint32_t> ChunkList::find(const ChunkHash& hash) const {
  if (slots_.empty()) return std::nullopt;
  const std::uint16_t slot = slots_[slot_of(hash)];
  if (slot == 0) return std::nullopt;
  return slot - 1u;
}

void ChunkList::add(const ChunkHash& hash, std::size_t size_bytes) {
  GRANARY_ASSERT(chunks_.size() < limits::kXorbChunkCountMax);
  const auto end = start_bytes(count()) + static_cast<std::uint32_t>(size_bytes);
  chunks_.push_back({hash, end});
  if (chunks_.size() * 2 > slots_.size()) grow();
  else enter(count() - 1);
}

// Where the hash is, or the free slot where it would go.
std::size_t ChunkList::slot_of(const ChunkHash& hash) const {
  std::size_t slot = DigestHasher{}(hash) & (slots_.size() - 1);
  while (slots_[slot] != 0 && chunks_[slots_[slot] - 1u].hash != hash) {
    slot = (slot + 1) & (slots_.size() - 1);
  }
  return slot;
}

void ChunkList::enter(std::uint32_t index) {
  std::uint16_t& slot = slots_[slot_of(chunks_[index].hash)];
  if (slot == 0) slot = static_cast<std::uint16_t>(index + 1);
}

void ChunkList::grow() {
  slots_.assign(std::max(kSlotCountMin, std::bit_ceil(chunks_.size() * 4)), 0);
  for (std::uint32_t index = 0; index < count(); ++index) enter(index);
}

}  // namespace granary::store
