// The reference kernels, in plain C++: what the others must equal, and what runs where none of
// these can.
#include <algorithm>
#include <bit>
#include <cstring>

#include "codec/group_tables.h"
#include "codec/kernels.h"

namespace granary::codec {
namespace {

using Byte = std::uint8_t;

constexpr Byte kTopBit = 0x80;

constexpr std::uint64_t kEachByte = 0x0101010101010101U;
constexpr std::uint64_t kTopBits = kEachByte * kTopBit;

struct MaskTables {
  std::uint64_t spread[256];  // eight bytes of 0xFF or 0
  Byte ones[256];             // how many bits are set
};
constexpr MaskTables make_mask_tables() {
  MaskTables tables{};
  for (unsigned mask = 0; mask < 256; ++mask) {
    tables.ones[mask] = static_cast<Byte>(std::popcount(mask));
    for (unsigned bit = 0; bit < 8; ++bit)
      if ((mask >> bit & 1U) != 0) tables.spread[mask] |= std::uint64_t{0xFF} << 8 * bit;
  }
  return tables;
}
constexpr MaskTables kMasks = make_mask_tables();

std::uint64_t load8(const Byte* at) {
  std::uint64_t eight;
  std::memcpy(&eight, at, sizeof eight);
  return eight;
}
void store8(Byte* at, std::uint64_t eight) { std::memcpy(at, &eight, sizeof eight); }

Byte top_bit_of(Byte top, Byte rest) {
  return static_cast<Byte>((top & kTopBit) | (rest & ~kTopBit));
}

// The mask of eight ranks: bit i says whether byte i is at least `threshold`.
unsigned mask_of(std::uint64_t ranks, Byte threshold) {
  // The top bit of each byte of `low` says so for the seven bits below it.
  const std::uint64_t low = (ranks | kTopBits) - kEachByte * (threshold & ~kTopBit & 0xFFU);
  const std::uint64_t is = (threshold & kTopBit) != 0 ? ranks & low : ranks | low;
  return static_cast<unsigned>(((is & kTopBits) >> 7) * 0x0102040810204080U >> 56);
}

// Gives `take` each group of eight ranks with its mask; the last one may be part of a group.
template <class Take>
void mark_each(const Byte* ranks, std::size_t count, Byte threshold, Byte* bitmap, Take take) {
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const unsigned mask = mask_of(load8(ranks + i), threshold);
    bitmap[i / 8] = static_cast<Byte>(mask);
    take(ranks + i, mask);
  }
  if (i == count) return;
  Byte last[8] = {};
  std::memcpy(last, ranks + i, count - i);
  const unsigned mask = mask_of(load8(last), threshold) & ((1U << (count - i)) - 1);
  bitmap[i / 8] = static_cast<Byte>(mask);
  take(last, mask);
}

// Eight symbols of two streams.
void merge8(unsigned mask, std::uint64_t zeros, std::uint64_t ones, Byte* out) {
  Byte both[16];
  store8(both, zeros);
  store8(both + 8, ones);
  const Byte* order = kGroupTables.merge[mask];
  for (int i = 0; i < 8; ++i) out[i] = both[order[i]];
}

// The next symbols of two streams; moves both on, if `count` is a multiple of eight.
void merge_next(const Byte* bitmap, std::size_t count, const Byte*& zeros, const Byte*& ones,
                Byte* out) {
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const unsigned mask = bitmap[i / 8];
    merge8(mask, load8(zeros), load8(ones), out + i);
    ones += kMasks.ones[mask];
    zeros += 8 - kMasks.ones[mask];
  }
  if (i == count) return;
  Byte last[8];
  merge8(bitmap[i / 8], load8(zeros), load8(ones), last);
  std::memcpy(out + i, last, count - i);
}

struct ScalarLoops {
  template <bool kSwapped>
  static void split2(const Byte* in, std::size_t count, Byte* low, Byte* high) {
    for (std::size_t i = 0; i < count; ++i) {
      const Byte first = in[2 * i];
      const Byte second = in[2 * i + 1];
      low[i] = kSwapped ? top_bit_of(second, first) : first;
      high[i] = kSwapped ? top_bit_of(first, second) : second;
    }
  }

  template <bool kSwapped>
  static void join2(const Byte* low, const Byte* high, std::size_t count, Byte* out) {
    for (std::size_t i = 0; i < count; ++i) {
      out[2 * i] = kSwapped ? top_bit_of(high[i], low[i]) : low[i];
      out[2 * i + 1] = kSwapped ? top_bit_of(low[i], high[i]) : high[i];
    }
  }

  static void split4_swapped(const Byte* in, std::size_t count, Byte* const planes[4]) {
    for (std::size_t i = 0; i < count; ++i) {
      const Byte* element = in + 4 * i;
      planes[0][i] = element[0];
      planes[1][i] = element[1];
      planes[2][i] = top_bit_of(element[3], element[2]);
      planes[3][i] = top_bit_of(element[2], element[3]);
    }
  }

  static void join4_swapped(const Byte* const planes[4], std::size_t count, Byte* out) {
    for (std::size_t i = 0; i < count; ++i) {
      Byte* element = out + 4 * i;
      element[0] = planes[0][i];
      element[1] = planes[1][i];
      element[2] = top_bit_of(planes[3][i], planes[2][i]);
      element[3] = top_bit_of(planes[2][i], planes[3][i]);
    }
  }

  static void split_nibbles(const Byte* in, std::size_t count, Byte* low, Byte* high) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto rest = static_cast<Byte>((in[i] >> 4 & 8) | (in[i] & 7));
      high[i] = in[i] >> 3 & 15;
      if (i % 2 == 0) {
        low[i / 2] = rest;
      } else {
        low[i / 2] = static_cast<Byte>(low[i / 2] | rest << 4);
      }
    }
  }

  static void join_nibbles(const Byte* low, const Byte* high, std::size_t count, Byte* out) {
    for (std::size_t i = 0; i < count; ++i) {
      const int rest = low[i / 2] >> 4 * (i % 2);
      out[i] = static_cast<Byte>((rest & 8) << 4 | high[i] << 3 | (rest & 7));
    }
  }

  static bool map(const Byte* symbols, std::size_t count, const Byte table[256], Byte* out) {
    bool any = false;
    for (std::size_t i = 0; i < count; ++i) {
      out[i] = table[symbols[i]];
      any |= out[i] == 0xFF;
    }
    return any;
  }

  static void mark(const Byte* ranks, std::size_t count, Byte threshold, Byte* bitmap) {
    mark_each(ranks, count, threshold, bitmap, [](const Byte*, unsigned) {});
  }

  static std::size_t part(const Byte* ranks, std::size_t count, Byte threshold, Byte* bitmap,
                          Byte* zeros, Byte* ones) {
    Byte* next_one = ones;
    mark_each(ranks, count, threshold, bitmap, [&](const Byte* eight, unsigned mask) {
      const Byte* order = kGroupTables.part[mask];
      for (int i = 0; i < 8; ++i) zeros[i] = eight[order[i]];
      for (int i = 0; i < 8; ++i) next_one[i] = eight[order[8 + i]];
      next_one += kMasks.ones[mask];
      zeros += 8 - kMasks.ones[mask];
    });
    return static_cast<std::size_t>(next_one - ones);
  }

  static std::size_t keep(const Byte* ranks, std::size_t count, Byte threshold, Byte* bitmap,
                          Byte* ones) {
    Byte* next_one = ones;
    mark_each(ranks, count, threshold, bitmap, [&](const Byte* eight, unsigned mask) {
      const Byte* order = kGroupTables.part[mask] + 8;
      for (int i = 0; i < 8; ++i) next_one[i] = eight[order[i]];
      next_one += kMasks.ones[mask];
    });
    return static_cast<std::size_t>(next_one - ones);
  }

  static std::size_t count_ones(const Byte* bitmap, std::size_t count) {
    std::size_t ones = 0;
    for (std::size_t i = 0; i < bitmap_size_bytes(count); ++i) ones += kMasks.ones[bitmap[i]];
    return ones;
  }

  static void choose(const Byte* bitmap, std::size_t count, Byte zero, Byte one, Byte* out) {
    const std::uint64_t zeros = kEachByte * zero;
    const std::uint64_t change = zeros ^ kEachByte * one;
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8) store8(out + i, zeros ^ (kMasks.spread[bitmap[i / 8]] & change));
    if (i < count) {
      const std::uint64_t last = zeros ^ (kMasks.spread[bitmap[i / 8]] & change);
      std::memcpy(out + i, &last, count - i);
    }
  }

  static void expand(const Byte* bitmap, std::size_t count, Byte zero, const Byte* ones,
                     Byte* out) {
    const std::uint64_t zeros = kEachByte * zero;
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8) {
      const unsigned mask = bitmap[i / 8];
      merge8(mask, zeros, load8(ones), out + i);
      ones += kMasks.ones[mask];
    }
    if (i == count) return;
    Byte last[8];
    merge8(bitmap[i / 8], zeros, load8(ones), last);
    std::memcpy(out + i, last, count - i);
  }

  static void merge(const Byte* bitmap, std::size_t count, const Byte* zeros, const Byte* ones,
                    Byte* out) {
    merge_next(bitmap, count, zeros, ones, out);
  }

  static void divide(const Byte* bitmap, std::size_t count, const Byte* symbols, Byte* zeros,
                     Byte* ones) {
    Byte eight[8] = {};
    for (std::size_t i = 0; i < count; i += 8) {
      std::memcpy(eight, symbols + i, std::min<std::size_t>(8, count - i));
      const Byte* order = kGroupTables.part[bitmap[i / 8]];
      for (int j = 0; j < 8; ++j) zeros[j] = eight[order[j]];
      for (int j = 0; j < 8; ++j) ones[j] = eight[order[8 + j]];
      ones += kMasks.ones[bitmap[i / 8]];
      zeros += 8 - kMasks.ones[bitmap[i / 8]];
    }
  }

  template <bool kSwapped>
  static void merge_join2(const Byte* bitmap, std::size_t count, const Byte* zeros,
                          const Byte* ones, const Byte* low, Byte* out) {
    constexpr std::size_t kPart = 512;  // stays in the nearest cache
    Byte high[kPart];
    for (std::size_t i = 0; i < count; i += kPart) {
      const std::size_t part = std::min(kPart, count - i);
      merge_next(bitmap + i / 8, part, zeros, ones, high);
      join2<kSwapped>(low + i, high, part, out + 2 * i);
    }
  }
};

}  // namespace

constexpr Kernels kScalarKernels = kernels_of<ScalarLoops>("scalar");

}  // namespace granary::codec
