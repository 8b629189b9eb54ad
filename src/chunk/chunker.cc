// The gear scan: the first place where the top 16 bits of the rolling hash are zero ends a chunk.
#include "chunk/chunker.h"

#include <algorithm>

#include "chunk/gear_table.h"

namespace granary::chunk {
namespace {

constexpr std::size_t kSizeBytesMin = limits::kChunkSizeBytesMin;
constexpr std::size_t kSizeBytesMax = limits::kChunkSizeBytesMax;
// The hash covers the last 64 bytes, since each older byte has been shifted out.
constexpr std::size_t kWindowSizeBytes = 64;
// What comes before the window of the first byte that may end a chunk cannot matter.
constexpr std::size_t kSkipSizeBytes = kSizeBytesMin - kWindowSizeBytes - 1;
// (hash & 0xffff000000000000) == 0, written as a comparison: one instruction less.
constexpr std::uint64_t kCutBelow = std::uint64_t{1} << 48;

static_assert(kSizeBytesMin == 8192 && kSizeBytesMax == 131072, "set by the Xet protocol");

// Two lanes hide the latency of the rolling hash; a third gains nothing (chunk_bench).
constexpr std::size_t kLaneSizeBytesMax = 4096;
constexpr std::size_t kLaneSizeBytesMin = 256;
constexpr std::size_t kLaneStepBytes = 8;
static_assert(kLaneSizeBytesMin >= kWindowSizeBytes);

inline std::uint64_t roll(std::uint64_t hash, std::byte next) {
  return (hash << 1) + kGearTable[static_cast<std::uint8_t>(next)];
}

std::uint64_t roll_all(std::uint64_t hash, ByteView bytes) {
  for (std::byte byte : bytes) hash = roll(hash, byte);
  return hash;
}

// Index of the first byte after which the hash says "cut", or size. `hash` follows along.
std::size_t find_cut_in_turn(const std::byte* at, std::size_t size, std::uint64_t& hash) {
  std::uint64_t rolling = hash;
  for (std::size_t i = 0; i < size; ++i) {
    rolling = roll(rolling, at[i]);
    if (rolling < kCutBelow) return i;
  }
  hash = rolling;
  return size;
}

// The same over 2 * lane bytes, both halves at once: a cut depends on the 64 bytes before it only,
// so the second half can start from its own window.
std::size_t find_cut_in_lanes(const std::byte* at, std::size_t lane, std::uint64_t& hash) {
  const std::byte* const second_at = at + lane;
  std::uint64_t first = hash;
  std::uint64_t second = roll_all(0, {second_at - kWindowSizeBytes, kWindowSizeBytes});
  for (std::size_t offset = 0; offset < lane; offset += kLaneStepBytes) {
    std::uint64_t first_before = first;
    const std::uint64_t second_before = second;
    bool cut = false;
    for (std::size_t i = offset; i < offset + kLaneStepBytes; ++i) {
      first = roll(first, at[i]);
      second = roll(second, second_at[i]);
      cut |= (first < kCutBelow) | (second < kCutBelow);
    }
    if (!cut) [[likely]]
      continue;

    const std::size_t found = offset + find_cut_in_turn(at + offset, lane - offset, first_before);
    if (found < lane) return found;
    std::uint64_t ignored = second_before;
    return lane + offset + find_cut_in_turn(second_at + offset, kLaneStepBytes, ignored);
  }
  hash = second;
  return 2 * lane;
}

std::size_t find_cut(const std::byte* at, std::size_t size, std::uint64_t& hash) {
  std::size_t done = 0;
  while (size - done >= 2 * kLaneSizeBytesMin) {
    const std::size_t half = (size - done) / 2 / kLaneStepBytes * kLaneStepBytes;
    const std::size_t lane = std::min(kLaneSizeBytesMax, half);
    const std::size_t found = find_cut_in_lanes(at + done, lane, hash);
    if (found < 2 * lane) return done + found;
    done += 2 * lane;
  }
  return done + find_cut_in_turn(at + done, size - done, hash);
}

}  // namespace

std::optional<std::size_t> Chunker::next_boundary(ByteView piece) {
  std::size_t at = 0;
  if (size_bytes_ < kSkipSizeBytes) {
    at = std::min(kSkipSizeBytes - size_bytes_, piece.size());
    size_bytes_ += at;
  }
  if (size_bytes_ < kSizeBytesMin - 1) {  // a match this early is not a cut: hash without looking
    const std::size_t fill = std::min(kSizeBytesMin - 1 - size_bytes_, piece.size() - at);
    hash_ = roll_all(hash_, piece.subspan(at, fill));
    size_bytes_ += fill;
    at += fill;
  }
  const std::size_t size = std::min(piece.size() - at, kSizeBytesMax - size_bytes_);
  const std::size_t found = find_cut(piece.data() + at, size, hash_);
  if (found == size && size_bytes_ + size < kSizeBytesMax) {
    size_bytes_ += size;
    return std::nullopt;
  }
  reset();
  return at + std::min(found + 1, size);
}

std::vector<std::size_t> chunk_ends(ByteView bytes) {
  std::vector<std::size_t> ends;
  Chunker chunker;
  std::size_t start = 0;
  while (auto end = chunker.next_boundary(bytes.subspan(start))) ends.push_back(start += *end);
  if (start < bytes.size()) ends.push_back(bytes.size());
  return ends;
}

}  // namespace granary::chunk
