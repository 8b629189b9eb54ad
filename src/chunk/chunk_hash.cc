// Chunk, range and keyed hashes: BLAKE3 under three keys.
#include "chunk/chunk_hash.h"

namespace granary::chunk {
namespace {

constexpr Blake3Key kDataKey = {102, 151, 245, 119, 91,  149, 80,  222, 49,  53,  203,
                                172, 165, 151, 24,  28,  157, 228, 33,  16,  155, 235,
                                43,  88,  180, 208, 176, 75,  147, 173, 242, 41};
constexpr Blake3Key kVerificationKey = {127, 24,  87,  214, 206, 86,  237, 102, 18,  127, 249,
                                        19,  231, 165, 195, 243, 164, 205, 38,  213, 181, 219,
                                        73,  230, 65,  36,  152, 127, 40,  251, 148, 195};
constexpr std::uint64_t kHookSpacing = 1024;

}  // namespace

ChunkHash chunk_hash(ByteView bytes) { return ChunkHash{blake3_keyed(kDataKey, bytes)}; }

ChunkHasher::ChunkHasher() : hasher_(kDataKey) {}

RangeHash range_hash(std::span<const Chunk> chunks) {
  Blake3Hasher hasher(kVerificationKey);
  for (const Chunk& chunk : chunks) hasher.update(chunk.hash.view());
  return RangeHash{hasher.finish()};
}

ChunkHash keyed_chunk_hash(const Blake3Key& answer_key, const ChunkHash& hash) {
  return ChunkHash{blake3_keyed(answer_key, hash.view())};
}

bool is_hook(const ChunkHash& hash) { return load_u64(hash.bytes.data() + 24) % kHookSpacing == 0; }

}  // namespace granary::chunk
