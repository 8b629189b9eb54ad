// Speed of chunking and of hashing chunks, beside memcpy in the same run. One core, 256 MiB.
#include <benchmark/benchmark.h>

#include <cstring>

#include "base/hasher.h"
#include "chunk/chunk_hash.h"
#include "chunk/chunker.h"

namespace granary::chunk {
namespace {

constexpr std::size_t kSizeBytes = 256 << 20;
constexpr std::size_t kPieceSizeBytes = 1 << 20;
constexpr std::size_t kCachedSizeBytes = 256 << 10;

const Bytes& input() {
  static const Bytes bytes = [] {
    Bytes made;
    made.reserve(kSizeBytes);
    std::uint64_t state = 1;
    while (made.size() < kSizeBytes) {
      state ^= state << 13, state ^= state >> 7, state ^= state << 17;
      put_u64(made, state);
    }
    return made;
  }();
  return bytes;
}

void report(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(kSizeBytes));
}

void copy_by_memcpy(benchmark::State& state) {
  Bytes copy = input();
  for (auto _ : state) {
    std::memcpy(copy.data(), input().data(), kSizeBytes);
    benchmark::ClobberMemory();
  }
  report(state);
}

void find_chunks(benchmark::State& state) {
  const ByteView bytes = input();
  for (auto _ : state) benchmark::DoNotOptimize(chunk_ends(bytes));
  report(state);
}

// The same bytes again and again, as if they had just been received: without the wait for memory.
void find_chunks_in_cache(benchmark::State& state) {
  const ByteView bytes = ByteView(input()).first(kCachedSizeBytes);
  for (auto _ : state)
    for (std::size_t done = 0; done < kSizeBytes; done += kCachedSizeBytes)
      benchmark::DoNotOptimize(chunk_ends(bytes));
  report(state);
}

// As the ingest runs it: pieces of 1 MiB, each still in the cache when it is hashed.
template <bool kChunks, bool kHashes, bool kSha256>
void read_in_pieces(benchmark::State& state) {
  for (auto _ : state) {
    Chunker chunker;
    ChunkHasher hasher;
    Sha256Hasher sha256;
    for (std::size_t start = 0; start < kSizeBytes; start += kPieceSizeBytes) {
      ByteView piece = ByteView(input()).subspan(start, kPieceSizeBytes);
      if (kSha256) sha256.update(piece);
      while (auto end = kChunks ? chunker.next_boundary(piece) : std::nullopt) {
        if (kHashes) hasher.update(piece.first(*end));
        if (kHashes) benchmark::DoNotOptimize(hasher.finish());
        piece = piece.subspan(*end);
      }
      if (kHashes) hasher.update(piece);
    }
    if (kSha256) benchmark::DoNotOptimize(sha256.finish());
  }
  report(state);
}

// Over the first `kReachBytes` of the input, again and again.
template <std::size_t kReachBytes>
void hash_chunks_of_64_kib(benchmark::State& state) {
  constexpr std::size_t kChunkSizeBytes = 64 << 10;
  const ByteView bytes = input();
  for (auto _ : state)
    for (std::size_t done = 0; done < kSizeBytes; done += kChunkSizeBytes)
      benchmark::DoNotOptimize(chunk_hash(bytes.subspan(done % kReachBytes, kChunkSizeBytes)));
  report(state);
}

BENCHMARK(copy_by_memcpy);
BENCHMARK(find_chunks);
BENCHMARK(find_chunks_in_cache);
BENCHMARK(hash_chunks_of_64_kib<kSizeBytes>)->Name("hash_chunks_of_64_kib");
BENCHMARK(hash_chunks_of_64_kib<kCachedSizeBytes>)->Name("hash_chunks_of_64_kib_in_cache");
BENCHMARK(read_in_pieces<true, false, false>)->Name("find_chunks_in_1_mib_pieces");
BENCHMARK(read_in_pieces<true, true, false>)->Name("find_and_hash_chunks_in_1_mib_pieces");
BENCHMARK(read_in_pieces<false, false, true>)->Name("sha256_in_1_mib_pieces");
BENCHMARK(read_in_pieces<true, true, true>)->Name("find_and_hash_chunks_and_sha256");

}  // namespace
}  // namespace granary::chunk

BENCHMARK_MAIN();
