// A xorb's chunks in order, found by hash or by index.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "store/xorb_container.h"

namespace granary::store {

/// At most limits::kXorbChunkCountMax chunks; a hash that repeats is found where it was first.
class ChunkList {
 public:
  ChunkList() = default;
  explicit ChunkList(std::vector<XorbChunk> chunks);

  const std::vector<XorbChunk>& chunks() const { return chunks_; }
  std::uint32_t count() const { return static_cast<std::uint32_t>(chunks_.size()); }
  /// Original bytes before chunk `index`; of all chunks at index count().
  std::uint32_t start_bytes(std::uint32_t index) const {
    return index == 0 ? 0 : chunks_[index - 1].end_bytes;
  }
  bool has_at(std::uint32_t index, const ChunkHash& hash) const {
    return index < chunks_.size() && chunks_[index].hash == hash;
  }
  std::optional<std::uint32_t> find(const ChunkHash& hash) const;
  void add(const ChunkHash& hash, std::size_t size_bytes);

 private:
  std::size_t slot_of(const ChunkHash& hash) const;
  void enter(std::uint32_t index);
  void grow();

  std::vector<XorbChunk> chunks_;
  std::vector<std::uint16_t> slots_;  // 1 + index; 0: free. A power of two, at least half free.
};

}  // namespace granary::store
