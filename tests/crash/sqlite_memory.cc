// One free list for each size of block.
#include "sqlite_memory.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

#include "base/result.h"

namespace granary::crash {
namespace {

constexpr std::size_t kHeaderSizeBytes = 8;  // SQLite wants its blocks at multiples of 8
constexpr std::size_t kStepSizeBytes = 32;  // small blocks are multiples of it, others powers of 2
constexpr std::size_t kSmallSizeBytesMax = 1024;
constexpr std::size_t kPooledSizeBytesMax = std::size_t{1} << 20;
constexpr std::size_t kSmallListCount = kSmallSizeBytesMax / kStepSizeBytes;
constexpr std::size_t kListCount =
    kSmallListCount + std::bit_width(kPooledSizeBytesMax / kSmallSizeBytesMax) - 1;

/// A block's size, which includes this, stands before what SQLite gets. A free one holds the next.
struct Block {
  std::size_t size_bytes;
  Block* next;
};

struct Pool {
  std::array<Block*, kListCount> free = {};
  std::byte* fresh = nullptr;  // what no block was cut from yet
  std::size_t fresh_size_bytes = 0;
};
Pool pool;  // SQLite hands its functions no context

std::size_t rounded(std::size_t size) {
  if (size > kSmallSizeBytesMax) return std::bit_ceil(size);
  return (size + kStepSizeBytes - 1) / kStepSizeBytes * kStepSizeBytes;
}

std::size_t list_of(std::size_t rounded_size) {
  if (rounded_size <= kSmallSizeBytesMax) return rounded_size / kStepSizeBytes - 1;
  return kSmallListCount + std::bit_width(rounded_size / kSmallSizeBytesMax) - 2;
}

void* bytes_of(Block* block) { return reinterpret_cast<std::byte*>(block) + kHeaderSizeBytes; }
Block* block_of(void* bytes) {
  return reinterpret_cast<Block*>(static_cast<std::byte*>(bytes) - kHeaderSizeBytes);
}

Block* cut_fresh(std::size_t size) {
  if (pool.fresh_size_bytes < size) {
    pool.fresh = static_cast<std::byte*>(std::malloc(kPooledSizeBytesMax));
    pool.fresh_size_bytes = pool.fresh == nullptr ? 0 : kPooledSizeBytesMax;
    if (pool.fresh == nullptr) return nullptr;
  }
  auto* block = new (pool.fresh) Block{.size_bytes = size, .next = nullptr};
  pool.fresh += size;
  pool.fresh_size_bytes -= size;
  return block;
}

void* take(int wanted) {
  const std::size_t size = rounded(static_cast<std::size_t>(wanted) + kHeaderSizeBytes);
  if (size > kPooledSizeBytesMax) {
    void* large = std::malloc(size);
    return large == nullptr ? nullptr : bytes_of(new (large) Block{size, nullptr});
  }
  Block*& first = pool.free[list_of(size)];
  Block* block = first;
  if (block != nullptr)
    first = block->next;
  else
    block = cut_fresh(size);
  return block == nullptr ? nullptr : bytes_of(block);
}

void give_back(void* bytes) {
  if (bytes == nullptr) return;
  Block* block = block_of(bytes);
  if (block->size_bytes > kPooledSizeBytesMax) return std::free(block);
  block->next = std::exchange(pool.free[list_of(block->size_bytes)], block);
}

int size_of(void* bytes) {
  return bytes == nullptr ? 0 : static_cast<int>(block_of(bytes)->size_bytes - kHeaderSizeBytes);
}

void* take_other(void* bytes, int wanted) {
  if (size_of(bytes) >= wanted) return bytes;
  void* other = take(wanted);
  if (other == nullptr) return nullptr;
  std::memcpy(other, bytes, static_cast<std::size_t>(size_of(bytes)));
  give_back(bytes);
  return other;
}

int round_up(int wanted) {
  const std::size_t size = rounded(static_cast<std::size_t>(wanted) + kHeaderSizeBytes);
  return static_cast<int>(size - kHeaderSizeBytes);
}

int begin(void*) { return SQLITE_OK; }
void end(void*) {}

}  // namespace

void give_sqlite_pooled_memory() {
  static constexpr sqlite3_mem_methods kMethods{.xMalloc = take,
                                                .xFree = give_back,
                                                .xRealloc = take_other,
                                                .xSize = size_of,
                                                .xRoundup = round_up,
                                                .xInit = begin,
                                                .xShutdown = end,
                                                .pAppData = nullptr};
  GRANARY_ASSERT(sqlite3_config(SQLITE_CONFIG_SINGLETHREAD) == SQLITE_OK);
  GRANARY_ASSERT(sqlite3_config(SQLITE_CONFIG_MALLOC, &kMethods) == SQLITE_OK);
}

}  // namespace granary::crash
