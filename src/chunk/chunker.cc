// The gear scan: the first place where the top 16 bits of the rolling hash are zero ends a chunk.
#include "chunk/chunker.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "base/result.h"
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

// Four stretches of the input are hashed at once, to hide the latency of the rolling hash; more
// lanes gain nothing (chunk_bench).
constexpr std::size_t kLaneCount = 4;
// Longer lanes fill windows less often, but hash more that lies after a cut.
constexpr std::size_t kLaneSizeBytesMax = 2048;
constexpr std::size_t kLaneSizeBytesMin = 2 * kWindowSizeBytes;
static_assert(kLaneSizeBytesMin >= kWindowSizeBytes, "a lane's window lies in the one before it");
// How often the lanes are asked for a cut.
constexpr std::size_t kLaneStepBytes = 8;

// The hashes of two lanes, as a vector of the baseline of every CPU that we build for.
using HashPair = std::uint64_t __attribute__((vector_size(16)));
using WordsOfPair = std::int16_t __attribute__((vector_size(16)));

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

// The hashes of four lanes, and the least that the top 16 bits of any have been.
//
// The least is what tells of a cut, and it costs one instruction where comparisons cost three. But
// the baseline of x86-64 has a minimum of signed words only, so the hashes are kept with the top
// bit flipped, where the order of signed words is that of the hashes. kGearTableFlipped does that
// for free: doubling drops the flipped bit, and adding an entry of that table flips it again.
class Lanes {
 public:
  explicit Lanes(const std::array<std::uint64_t, kLaneCount>& hashes)
      : low_{flip(hashes[0]), flip(hashes[1])}, high_{flip(hashes[2]), flip(hashes[3])} {}

  void roll(std::byte b0, std::byte b1, std::byte b2, std::byte b3) {
    low_ = low_ + low_ + HashPair{entry(b0), entry(b1)};
    high_ = high_ + high_ + HashPair{entry(b2), entry(b3)};
    least_ = min(least_, min(std::bit_cast<WordsOfPair>(low_), std::bit_cast<WordsOfPair>(high_)));
  }

  bool have_cut() const {
    const auto least = std::bit_cast<HashPair>(least_);
    return flip(least[0]) < kCutBelow || flip(least[1]) < kCutBelow;
  }

  std::array<std::uint64_t, kLaneCount> hashes() const {
    return {flip(low_[0]), flip(low_[1]), flip(high_[0]), flip(high_[1])};
  }

 private:
  static std::uint64_t flip(std::uint64_t hash) { return hash ^ (std::uint64_t{1} << 63); }
  static std::uint64_t entry(std::byte byte) {
    return kGearTableFlipped[static_cast<std::uint8_t>(byte)];
  }
  static WordsOfPair min(WordsOfPair a, WordsOfPair b) { return a < b ? a : b; }

  HashPair low_;
  HashPair high_;
  WordsOfPair least_ = WordsOfPair{} + std::numeric_limits<std::int16_t>::max();
};

std::size_t find_cut(const std::byte* at, std::size_t size, std::uint64_t& hash);

// What the lanes have not hashed yet: `size` bytes each, and `stride` from one start to the next.
struct LaneRests {
  std::size_t stride;
  std::size_t size;
};

// The first cut, when one of the lanes is known to have one: a lane before that may still hold an
// earlier cut in its rest. Each rest is at most a quarter of what find_cut was given, so that the
// two calling each other ends soon. Inlined, it would slow the loop that calls it by 3 %.
[[gnu::noinline]] std::size_t first_cut_of(const std::byte* at, LaneRests rests,
                                           const Lanes& lanes) {
  auto hashes = lanes.hashes();
  for (std::size_t k = 0;; ++k) {
    GRANARY_ASSERT(k < kLaneCount);
    const std::size_t found = find_cut(at + k * rests.stride, rests.size, hashes[k]);
    if (found < rests.size) return k * rests.stride + found;
  }
}

// As find_cut_in_turn, over kLaneCount * lane bytes, all lanes at once: a cut depends on the 64
// bytes up to it only, so each lane can start from its own window.
std::size_t find_cut_in_lanes(const std::byte* at, std::size_t lane, std::uint64_t& hash) {
  std::array<std::uint64_t, kLaneCount> hashes = {hash};
  for (std::size_t i = 0; i < kWindowSizeBytes; ++i)
    for (std::size_t k = 1; k < kLaneCount; ++k)
      hashes[k] = roll(hashes[k], at[k * lane - kWindowSizeBytes + i]);

  Lanes lanes(hashes);
  for (std::size_t offset = 0; offset < lane; offset += kLaneStepBytes) {
    const Lanes before = lanes;
    // The hardware does not foresee where the next lanes start. Past the input it does no harm.
    __builtin_prefetch(at + kLaneCount * (lane + offset));
    for (std::size_t i = offset; i < offset + kLaneStepBytes; ++i)
      lanes.roll(at[i], at[lane + i], at[2 * lane + i], at[3 * lane + i]);
    if (lanes.have_cut()) [[unlikely]] {
      const LaneRests rests{.stride = lane, .size = lane - offset};
      return offset + first_cut_of(at + offset, rests, before);
    }
  }
  hash = lanes.hashes().back();
  return kLaneCount * lane;
}

// Picks between the two ways by how much is left.
std::size_t find_cut(const std::byte* at, std::size_t size, std::uint64_t& hash) {
  std::size_t done = 0;
  while (size - done >= kLaneCount * kLaneSizeBytesMin) {
    const std::size_t share = (size - done) / kLaneCount / kLaneStepBytes * kLaneStepBytes;
    const std::size_t lane = std::min(kLaneSizeBytesMax, share);
    const std::size_t found = find_cut_in_lanes(at + done, lane, hash);
    if (found < kLaneCount * lane) return done + found;
    done += kLaneCount * lane;
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
