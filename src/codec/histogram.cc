// Counting in four tables, and logarithms in fixed point.
#include "codec/histogram.h"

#include <algorithm>
#include <bit>

namespace granary::codec {
namespace {

constexpr std::size_t kRunSizeBytes = 64;
constexpr std::size_t kSampleSizeBytesMin = 4096;

// log2(1 + i / 256) in 65536ths, by squaring: each one yields the next binary digit.
constexpr std::array<std::uint32_t, 256> make_logarithms() {
  std::array<std::uint32_t, 256> logarithms{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint64_t value = std::uint64_t{256 + i} << 22;  // in 2^30ths, from 1 to 2
    for (int digit = 15; digit >= 0; --digit) {
      value = value * value >> 30;
      if (value >> 31 == 0) continue;
      logarithms[i] |= 1U << digit;
      value >>= 1;
    }
  }
  return logarithms;
}
constexpr std::array<std::uint32_t, 256> kLogarithms = make_logarithms();

// log2 of `value`, at least 1, in 65536ths; off by less than 0.006.
constexpr std::uint64_t log2_q16(std::uint64_t value) {
  const int exponent = static_cast<int>(std::bit_width(value)) - 1;
  const std::uint64_t mantissa = exponent >= 8 ? value >> (exponent - 8) : value << (8 - exponent);
  return (static_cast<std::uint64_t>(exponent) << 16) + kLogarithms[mantissa - 256];
}

// Four tables, since a count that was just written is slow to read back.
struct FourTables {
  void count(ByteView bytes) {
    const auto* at = reinterpret_cast<const std::uint8_t*>(bytes.data());
    const auto* end = at + bytes.size();
    for (; end - at >= 4; at += 4) {
      ++tables[0][at[0]];
      ++tables[1][at[1]];
      ++tables[2][at[2]];
      ++tables[3][at[3]];
    }
    for (; at < end; ++at) ++tables[0][*at];
  }
  void add_to(Histogram& histogram) const {
    for (std::size_t symbol = 0; symbol < 256; ++symbol)
      histogram[symbol] +=
          tables[0][symbol] + tables[1][symbol] + tables[2][symbol] + tables[3][symbol];
  }
  std::uint32_t tables[4][256] = {};
};

// count * log2(count) in 65536ths, of the counts that samples have.
constexpr std::size_t kWeightedCount = 1024;
constexpr std::array<std::uint64_t, kWeightedCount> make_weighted() {
  std::array<std::uint64_t, kWeightedCount> weighted{};
  for (std::uint64_t count = 1; count < weighted.size(); ++count)
    weighted[count] = count * log2_q16(count);
  return weighted;
}
constexpr std::array<std::uint64_t, kWeightedCount> kWeighted = make_weighted();

struct Measure {
  std::uint64_t total = 0;
  std::uint64_t distinct = 0;
  std::uint64_t bits_q16 = 0;
};

Measure measure(const Histogram& histogram) {
  Measure measured;
  std::uint64_t weighted = 0;
  for (const std::uint64_t count : histogram) {
    measured.total += count;
    measured.distinct += static_cast<std::uint64_t>(count > 0);
    weighted += count < kWeightedCount ? kWeighted[count] : count * log2_q16(count);
  }
  if (measured.total == 0) return measured;
  const std::uint64_t all = measured.total * log2_q16(measured.total);
  measured.bits_q16 = all > weighted ? all - weighted : 0;
  return measured;
}

}  // namespace

void count_bytes(ByteView bytes, Histogram& histogram) {
  if (bytes.size() < 1024) {
    for (const std::byte byte : bytes) ++histogram[static_cast<std::uint8_t>(byte)];
    return;
  }
  FourTables tables;
  tables.count(bytes);
  tables.add_to(histogram);
}

Histogram sample_bytes(ByteView bytes, std::size_t one_in) {
  Histogram histogram{};
  const std::size_t wanted = std::max(bytes.size() / one_in, kSampleSizeBytesMin);
  if (bytes.size() <= wanted) {
    count_bytes(bytes, histogram);
    return histogram;
  }
  const std::size_t run_count = wanted / kRunSizeBytes;
  const std::size_t step = (bytes.size() - kRunSizeBytes) / (run_count - 1);
  FourTables tables;
  for (std::size_t run = 0; run < run_count; ++run)
    tables.count(bytes.subspan(run * step, kRunSizeBytes));
  tables.add_to(histogram);
  return histogram;
}

std::uint64_t code_bits_q16(const Histogram& histogram) { return measure(histogram).bits_q16; }

std::uint64_t entropy_q16(const Histogram& histogram) {
  const Measure measured = measure(histogram);
  if (measured.total == 0) return 0;
  // Miller and Madow's correction: (distinct - 1) / (2 total) of a natural unit.
  constexpr std::uint64_t kHalfNaturalQ16 = 47274;  // 65536 / (2 ln 2)
  const std::uint64_t missed = (measured.distinct - 1) * kHalfNaturalQ16 / measured.total;
  return std::min<std::uint64_t>(measured.bits_q16 / measured.total + missed,
                                 std::uint64_t{8} << 16);
}

}  // namespace granary::codec
