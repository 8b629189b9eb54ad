// The guess: histograms of the sample's bytes by their place in elements of 1, 2 and 4 bytes, and
// of the planes that each codec would make of them.
#include "codec/probe.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "codec/histogram.h"

namespace granary::codec {
namespace {

constexpr std::size_t kRunCount = 64;
constexpr std::size_t kRunSizeBytes = 64;
constexpr std::size_t kBlockSizeBytesMin = 64;  // below, headers eat the gain
constexpr std::size_t kLaneCount = 4;

// Bits of entropy per byte, in 65536ths.
constexpr std::uint64_t bits_q16(double bits) { return static_cast<std::uint64_t>(bits * 65536); }
// Single bytes of JSON and code have 4 to 5.3 bits; of INT8 weights 5.6, BF16 6.4, FP8 6.6, FP16
// and FP32 over 7, k-quants over 7.5.
constexpr std::uint64_t kSparseEntropyMax = bits_q16(5.4);
// Text may be base64 (6.0) or in a script of many characters; only zstd's matches pay above that.
constexpr std::uint64_t kTextEntropyMax = bits_q16(7.4);
// A plane above this is stored raw (see plane.cc).
constexpr std::uint64_t kPlaneEntropyMax = bits_q16(7.76);
constexpr std::uint64_t kNoise = bits_q16(8);
// Four bytes must take 5 % less; single bytes 10 % less, since a tree of eight levels is read at a
// tenth of the speed of exponents: quantised weights, which would gain 4 to 6 %, stay raw.
constexpr std::uint64_t kFourBytesMax = bits_q16(4 * 8 * 0.95);
constexpr std::uint64_t kFourSingleBytesMax = bits_q16(4 * 8 * 0.9);

struct Sample {
  std::array<std::uint8_t, kRunCount * kRunSizeBytes> bytes;
  std::size_t size = 0;  // whole elements of four bytes, at offsets of the block that 4 divides
};

Sample take_sample(ByteView block) {
  Sample sample;
  if (block.size() <= sample.bytes.size()) {
    sample.size = block.size() - block.size() % kLaneCount;
    std::memcpy(sample.bytes.data(), block.data(), sample.size);
    return sample;
  }
  const std::size_t step =
      (block.size() - kRunSizeBytes) / (kRunCount - 1) / kLaneCount * kLaneCount;
  for (std::size_t run = 0; run < kRunCount; ++run)
    std::memcpy(sample.bytes.data() + run * kRunSizeBytes, block.data() + run * step,
                kRunSizeBytes);
  sample.size = sample.bytes.size();
  return sample;
}

using Lanes = std::array<Histogram, kLaneCount>;

Histogram sum(const Histogram& a, const Histogram& b) {
  Histogram both;
  for (std::size_t i = 0; i < both.size(); ++i) both[i] = a[i] + b[i];
  return both;
}

// What a plane's symbols take each.
std::uint64_t plane_cost(const Histogram& histogram) {
  const std::uint64_t entropy = entropy_q16(histogram);
  return entropy > kPlaneEntropyMax ? kNoise : entropy;
}

// The planes of two neighbouring bytes whose top bits change places, the low one at `low`, in
// elements of `size` bytes.
struct SwappedPlanes {
  SwappedPlanes(const Sample& sample, std::size_t low, std::size_t size) {
    for (std::size_t i = low; i + 1 < sample.size; i += size) {
      const unsigned first = sample.bytes[i];
      const unsigned second = sample.bytes[i + 1];
      ++rest[(second & 0x80) | (first & 0x7F)];
      ++exponent[(first & 0x80) | (second & 0x7F)];
    }
  }
  std::uint64_t cost() const { return plane_cost(rest) + plane_cost(exponent); }

  Histogram rest{};
  Histogram exponent{};
};

std::uint64_t fp8_cost(const Histogram& bytes) {
  Histogram exponents{};
  for (std::size_t byte = 0; byte < bytes.size(); ++byte) exponents[byte >> 3 & 15] += bytes[byte];
  return bits_q16(4) + plane_cost(exponents);
}

// No control characters but those that lay out text. Weights have zero bytes in any 4 KiB.
bool is_text(const Histogram& bytes) {
  for (std::uint8_t byte = 0; byte < ' '; ++byte) {
    const bool layout = byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f';
    if (!layout && bytes[byte] > 0) return false;
  }
  return true;
}

struct Candidate {
  CodecId codec;
  std::size_t phase;
  std::uint64_t cost;  // of four bytes
};

bool is_near(std::uint64_t a, std::uint64_t b) {
  return std::max(a, b) - std::min(a, b) < bits_q16(0.2);
}

Candidate find_planes(const Sample& sample, const Lanes& lanes, const Histogram& all) {
  std::array<std::uint64_t, kLaneCount> costs{};
  for (std::size_t lane = 0; lane < kLaneCount; ++lane) costs[lane] = plane_cost(lanes[lane]);
  Candidate best{CodecId::Raw, 0, kFourBytesMax};
  if (costs[0] + costs[1] + costs[2] + costs[3] >= kFourBytesMax) return best;

  // From the simplest to the rest, which must be better by 1 %.
  const auto consider = [&](CodecId codec, std::size_t phase, std::uint64_t cost) {
    if (cost < best.cost - best.cost / 100) best = {codec, phase, cost};
  };
  const std::uint64_t bytes = 4 * plane_cost(all);
  if (bytes < kFourSingleBytesMax) consider(CodecId::Bytes, 0, bytes);
  // Of the same size, FP8's planes are faster.
  if (const std::uint64_t cost = 4 * fp8_cost(all); cost < bytes + bytes / 100)
    best = {CodecId::Fp8, 0, cost};
  const bool same_even = is_near(costs[0], costs[2]);
  const bool same_odd = is_near(costs[1], costs[3]);
  if (same_even && same_odd && is_near(costs[0], costs[1])) return best;

  // The exponents' byte is the most orderly one that is not constant, and the highest of its
  // element.
  std::size_t high = 0;
  for (std::size_t lane = 1; lane < kLaneCount; ++lane)
    if (costs[high] == 0 || (costs[lane] > 0 && costs[lane] < costs[high])) high = lane;
  const std::size_t two_phase = (high + 1) % 2;
  consider(CodecId::Fp16, two_phase,
           2 * (plane_cost(sum(lanes[0], lanes[2])) + plane_cost(sum(lanes[1], lanes[3]))));
  consider(CodecId::Bf16, two_phase, 2 * SwappedPlanes(sample, two_phase, 2).cost());
  if (same_even && same_odd) return best;
  const std::size_t four_phase = (high + 1) % kLaneCount;
  const std::size_t third = (four_phase + 2) % kLaneCount;
  consider(CodecId::Fp32, four_phase,
           SwappedPlanes(sample, third, kLaneCount).cost() + costs[four_phase] +
               costs[(four_phase + 1) % kLaneCount]);
  return best;
}

}  // namespace

Probe probe_block(ByteView block) {
  if (block.size() < kBlockSizeBytesMin) return {};
  const Sample sample = take_sample(block);
  Lanes lanes{};
  for (std::size_t i = 0; i < sample.size; i += kLaneCount)
    for (std::size_t lane = 0; lane < kLaneCount; ++lane) ++lanes[lane][sample.bytes[i + lane]];
  const Histogram all = sum(sum(lanes[0], lanes[1]), sum(lanes[2], lanes[3]));
  const std::uint64_t entropy = entropy_q16(all);
  Probe probe;
  probe.is_text = entropy < kTextEntropyMax && is_text(all);
  probe.is_sparse = entropy < kSparseEntropyMax;
  if (probe.is_text) return probe;
  const Candidate planes = find_planes(sample, lanes, all);
  probe.planes = planes.codec;
  probe.phase = planes.phase;
  return probe;
}

}  // namespace granary::codec
