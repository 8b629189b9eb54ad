// Xet's hashes of a chunk and of a run of chunks.
#pragma once

#include <span>

#include "base/bytes.h"
#include "base/digest.h"
#include "chunk/blake3.h"

namespace granary::chunk {

/// A chunk by its name and its length in original (uncompressed) bytes.
struct Chunk {
  ChunkHash hash;
  std::uint64_t size_bytes = 0;
  bool operator==(const Chunk&) const = default;
};

/// The name of a chunk. Source: docs/formats/xet-hashes.md, as for all below.
ChunkHash chunk_hash(ByteView bytes);

/// chunk_hash over bytes that come in pieces.
class ChunkHasher {
 public:
  ChunkHasher();
  void update(ByteView bytes) { hasher_.update(bytes); }
  /// The hash of all bytes so far; the hasher starts afresh.
  ChunkHash finish() { return ChunkHash{hasher_.finish()}; }

 private:
  Blake3Hasher hasher_;
};

/// Proves that whoever names a range of a xorb knows the hashes of its chunks.
RangeHash range_hash(std::span<const Chunk> chunks);

/// A chunk hash as a dedupe answer carries it: only who already has the chunk can recognise it.
ChunkHash keyed_chunk_hash(const Blake3Key& answer_key, const ChunkHash& hash);

/// True for the one chunk in 1024 that is entered in the dedupe index.
bool is_hook(const ChunkHash& hash);

}  // namespace granary::chunk
