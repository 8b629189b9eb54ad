// Chunks against the xorb's hash, and bytes against the chunks.
#include "store/xorb_check.h"

#include <algorithm>
#include <string>

#include "chunk/chunk_hash.h"
#include "chunk/hash_tree.h"

namespace granary::store {

Result<void> check_chunk_list(const XorbReader& reader, std::span<const XorbChunk> chunks) {
  chunk::HashTree tree;
  std::uint32_t start = 0;
  for (const XorbChunk& chunk : chunks) {
    tree.add({.hash = chunk.hash, .size_bytes = chunk.end_bytes - start});
    start = chunk.end_bytes;
  }
  if (tree.finish_xorb() == reader.trailer().hash) return {};
  return fail(ErrorKind::Corrupt, "its chunks do not make its hash");
}

Result<void> check_chunk_bytes(const XorbReader& reader, std::span<const XorbChunk> chunks,
                               const Decoding& decoding,
                               const std::function<void(std::uint64_t size_bytes)>& progress) {
  Bytes block;
  chunk::ChunkHasher hasher;
  auto chunk = chunks.begin();
  std::uint64_t at = 0;
  for (std::size_t index = 0; index < reader.blocks().size(); ++index) {
    block.resize(block_size_bytes(reader.trailer(), index));
    TRY_DONE(reader.read_block(index, block, decoding));
    ByteView rest = block;
    while (!rest.empty()) {
      const ByteView part = rest.first(std::min<std::uint64_t>(rest.size(), chunk->end_bytes - at));
      hasher.update(part);
      rest = rest.subspan(part.size());
      at += part.size();
      if (at < chunk->end_bytes) continue;
      if (hasher.finish() != chunk->hash) {
        return fail(ErrorKind::Corrupt, "chunk " + chunk->hash.to_string() + " has other bytes");
      }
      ++chunk;
    }
    if (progress) progress(block.size());
  }
  return {};
}

}  // namespace granary::store
