// The guess: the byte histogram of short runs spread over the block.
#include "codec/sample.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace granary::codec {
namespace {

constexpr std::size_t kRunCount = 64;
constexpr std::size_t kRunSizeBytes = 64;
constexpr std::size_t kBlockSizeBytesMin = 64;  // below, a frame's header eats the gain

// Entropy of single bytes, in bits. Measured by block_bench: JSON and code 4 to 5.3; int8 weights
// 5.6, BF16 6.4, FP8 6.6, FP16 and FP32 over 7, k-quants over 7.5; FP32 made from BF16 about 4.
constexpr double kBinaryEntropyBitsMax = 5.4;
// Text may be base64 (6.0) or in a script of many characters; only zstd's matches pay above that.
constexpr double kTextEntropyBitsMax = 7.4;

using Histogram = std::array<std::uint32_t, 256>;

void count(Histogram& histogram, ByteView run) {
  for (std::byte byte : run) ++histogram[static_cast<std::uint8_t>(byte)];
}

Histogram histogram_of_sample(ByteView block) {
  Histogram histogram{};
  if (block.size() <= kRunCount * kRunSizeBytes) {
    count(histogram, block);
    return histogram;
  }
  const std::size_t step = (block.size() - kRunSizeBytes) / (kRunCount - 1);
  for (std::size_t i = 0; i < kRunCount; ++i)
    count(histogram, block.subspan(i * step, kRunSizeBytes));
  return histogram;
}

double entropy_bits(const Histogram& histogram) {
  double total = 0;
  double weighted = 0;
  for (double n : histogram) {
    if (n == 0) continue;
    total += n;
    weighted += n * std::log2(n);
  }
  return std::log2(total) - weighted / total;
}

// No control characters but those that lay out text. Weights have zero bytes in any 4 KiB.
bool is_text(const Histogram& histogram) {
  for (std::uint8_t byte = 0; byte < ' '; ++byte) {
    const bool layout = byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f';
    if (!layout && histogram[byte] > 0) return false;
  }
  return true;
}

}  // namespace

bool is_worth_zstd(ByteView block) {
  if (block.size() < kBlockSizeBytesMin) return false;
  const Histogram histogram = histogram_of_sample(block);
  const double limit = is_text(histogram) ? kTextEntropyBitsMax : kBinaryEntropyBitsMax;
  return entropy_bits(histogram) < limit;
}

std::size_t least_gain_bytes(std::size_t size_bytes) {
  return std::max<std::size_t>(1, size_bytes / 50);
}

}  // namespace granary::codec
