// The loops of a vector kernel, written over a policy type that wraps one instruction set.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "codec/kernels.h"

namespace granary::codec {

static_assert(std::endian::native == std::endian::little);

/// `Lanes` has kCount lanes of one byte, types Vector, Mask (an unsigned integer, bit i for lane i)
/// and Lookup (a table of 256 bytes, made ready), and static functions, most of them one
/// instruction: load, store, broadcast, bit_and, bit_or, bit_xor, left<n> and right<n> (shifts of
/// each byte), zip and unzip (of a Pair), at_least (lanes to a mask), choose (a mask picks from two
/// vectors), merge, expand, part and keep (below; they move the pointers that they read or write at
/// on, each by its share of the lanes), count (the ones of 64 bits).
/// Files that use it are compiled for more than the base instruction set, so neither may call
/// inline functions of other headers: the linker could keep that copy for everybody.
template <class Lanes>
struct LaneKernels {
  using Byte = std::uint8_t;
  using Vector = typename Lanes::Vector;
  using Mask = typename Lanes::Mask;
  using Pair = typename Lanes::Pair;
  static constexpr std::size_t kCount = Lanes::kCount;
  static_assert(sizeof(Mask) * 8 == kCount && kCount <= kKernelSlackBytes);

  static Mask load_mask(const Byte* at) {
    Mask mask;
    std::memcpy(&mask, at, sizeof mask);
    return mask;
  }

  // The last lanes: `count` is less than kCount, and not 0. Most nodes of a tree have few symbols,
  // so that this is where much of the time goes: no calls, and no loops.
  static Mask load_last_mask(const Byte* at, std::size_t count) {
    return static_cast<Mask>(load_word(at, bitmap_size_bytes(count)));
  }
  static void store_last_mask(Byte* at, Mask mask, std::size_t count) {
    for (std::size_t i = 0; i < bitmap_size_bytes(count); ++i)
      at[i] = static_cast<Byte>(mask >> 8 * i);
  }
  static Vector load_last(const Byte* at, std::size_t count) {
    Byte bytes[kCount] = {};
    copy_last(at, count, bytes);
    return Lanes::load(bytes);
  }
  static void store_last(Byte* at, Vector vector, std::size_t count) {
    Byte bytes[kCount];
    Lanes::store(bytes, vector);
    copy_last(bytes, count, at);
  }

  // 1 to 8 bytes as a number.
  static std::uint64_t load_word(const Byte* at, std::size_t size_bytes) {
    if (size_bytes >= 4) {
      std::uint32_t first, last;
      std::memcpy(&first, at, sizeof first);
      std::memcpy(&last, at + size_bytes - sizeof last, sizeof last);
      return first | std::uint64_t{last} << 8 * (size_bytes - sizeof last);
    }
    const std::size_t middle = size_bytes / 2;
    const std::size_t end = size_bytes - 1;
    return std::uint64_t{at[0]} | std::uint64_t{at[middle]} << 8 * middle |
           std::uint64_t{at[end]} << 8 * end;
  }

  // Both ends, which may overlap.
  template <std::size_t kSize>
  static bool copy_ends(const Byte* from, std::size_t count, Byte* to) {
    if (count < kSize) return false;
    std::memcpy(to, from, kSize);
    std::memcpy(to + count - kSize, from + count - kSize, kSize);
    return true;
  }
  static void copy_last(const Byte* from, std::size_t count, Byte* to) {
    if (copy_ends<32>(from, count, to) || copy_ends<16>(from, count, to) ||
        copy_ends<8>(from, count, to) || copy_ends<4>(from, count, to))
      return;
    to[0] = from[0];
    to[count / 2] = from[count / 2];
    to[count - 1] = from[count - 1];
  }

  static Pair swap_top_bits(Vector low, Vector high) {
    const Vector change =
        Lanes::bit_and(Lanes::bit_xor(low, high), Lanes::broadcast(std::uint8_t{0x80}));
    return {Lanes::bit_xor(low, change), Lanes::bit_xor(high, change)};
  }

  template <bool kSwapped>
  static Pair split_pair(Pair in) {
    const Pair planes = Lanes::unzip(in);
    return kSwapped ? swap_top_bits(planes.first, planes.second) : planes;
  }
  template <bool kSwapped>
  static Pair join_pair(Vector low, Vector high) {
    const Pair planes = kSwapped ? swap_top_bits(low, high) : Pair{low, high};
    return Lanes::zip(planes);
  }
  static Pair load_pair(const Byte* at) { return {Lanes::load(at), Lanes::load(at + kCount)}; }
  static void store_pair(Byte* at, Pair pair) {
    Lanes::store(at, pair.first);
    Lanes::store(at + kCount, pair.second);
  }

  template <bool kSwapped>
  static void split2(const Byte* in, std::size_t count, Byte* low, Byte* high) {
    std::size_t i = 0;
    for (; i + kCount <= count; i += kCount) {
      const Pair planes = split_pair<kSwapped>(load_pair(in + 2 * i));
      Lanes::store(low + i, planes.first);
      Lanes::store(high + i, planes.second);
    }
    if (i == count) return;
    Byte last[2 * kCount] = {};
    std::memcpy(last, in + 2 * i, 2 * (count - i));
    const Pair planes = split_pair<kSwapped>(load_pair(last));
    store_last(low + i, planes.first, count - i);
    store_last(high + i, planes.second, count - i);
  }

  template <bool kSwapped>
  static void join2(const Byte* low, const Byte* high, std::size_t count, Byte* out) {
    std::size_t i = 0;
    for (; i + kCount <= count; i += kCount)
      store_pair(out + 2 * i, join_pair<kSwapped>(Lanes::load(low + i), Lanes::load(high + i)));
    if (i == count) return;
    Byte last[2 * kCount];
    store_pair(last,
               join_pair<kSwapped>(load_last(low + i, count - i), load_last(high + i, count - i)));
    std::memcpy(out + 2 * i, last, 2 * (count - i));
  }

  struct Four {
    Vector planes[4];
  };

  static Four split_four(const Byte* in) {
    const Pair first = Lanes::unzip(load_pair(in));
    const Pair second = Lanes::unzip(load_pair(in + 2 * kCount));
    const Pair even = Lanes::unzip({first.first, second.first});
    const Pair odd = Lanes::unzip({first.second, second.second});
    const Pair top = swap_top_bits(even.second, odd.second);
    return {{even.first, odd.first, top.first, top.second}};
  }

  static void join_four(const Four& four, Byte* out) {
    const Pair top = swap_top_bits(four.planes[2], four.planes[3]);
    const Pair even = Lanes::zip({four.planes[0], top.first});
    const Pair odd = Lanes::zip({four.planes[1], top.second});
    store_pair(out, Lanes::zip({even.first, odd.first}));
    store_pair(out + 2 * kCount, Lanes::zip({even.second, odd.second}));
  }

  static void split4_swapped(const Byte* in, std::size_t count, Byte* const planes[4]) {
    std::size_t i = 0;
    for (; i + kCount <= count; i += kCount) {
      const Four four = split_four(in + 4 * i);
      for (int plane = 0; plane < 4; ++plane) Lanes::store(planes[plane] + i, four.planes[plane]);
    }
    if (i == count) return;
    Byte last[4 * kCount] = {};
    std::memcpy(last, in + 4 * i, 4 * (count - i));
    const Four four = split_four(last);
    for (int plane = 0; plane < 4; ++plane)
      store_last(planes[plane] + i, four.planes[plane], count - i);
  }

  static void join4_swapped(const Byte* const planes[4], std::size_t count, Byte* out) {
    std::size_t i = 0;
    Four four;
    for (; i + kCount <= count; i += kCount) {
      for (int plane = 0; plane < 4; ++plane) four.planes[plane] = Lanes::load(planes[plane] + i);
      join_four(four, out + 4 * i);
    }
    if (i == count) return;
    for (int plane = 0; plane < 4; ++plane)
      four.planes[plane] = load_last(planes[plane] + i, count - i);
    Byte last[4 * kCount];
    join_four(four, last);
    std::memcpy(out + 4 * i, last, 4 * (count - i));
  }

  static Vector exponents_of(Vector in) {
    return Lanes::bit_and(Lanes::template right<3>(in), Lanes::broadcast(15));
  }
  static Vector rests_of(Pair in) {
    const Pair halves = Lanes::unzip({rest_of(in.first), rest_of(in.second)});
    return Lanes::bit_or(halves.first, Lanes::template left<4>(halves.second));
  }
  static Vector rest_of(Vector in) {
    return Lanes::bit_or(Lanes::bit_and(Lanes::template right<4>(in), Lanes::broadcast(8)),
                         Lanes::bit_and(in, Lanes::broadcast(7)));
  }
  static Vector with_exponent(Vector rest, Vector exponent) {
    const Vector sign = Lanes::template left<4>(Lanes::bit_and(rest, Lanes::broadcast(8)));
    const Vector low = Lanes::bit_and(rest, Lanes::broadcast(7));
    return Lanes::bit_or(Lanes::bit_or(sign, low), Lanes::template left<3>(exponent));
  }
  static Pair join_nibbles_pair(Vector rests, Pair exponents) {
    const Pair rest =
        Lanes::zip({Lanes::bit_and(rests, Lanes::broadcast(15)), Lanes::template right<4>(rests)});
    return {with_exponent(rest.first, exponents.first),
            with_exponent(rest.second, exponents.second)};
  }

  static void split_nibbles(const Byte* in, std::size_t count, Byte* low, Byte* high) {
    std::size_t i = 0;
    for (; i + 2 * kCount <= count; i += 2 * kCount) {
      const Pair elements = load_pair(in + i);
      store_pair(high + i, {exponents_of(elements.first), exponents_of(elements.second)});
      Lanes::store(low + i / 2, rests_of(elements));
    }
    if (i == count) return;
    Byte last[2 * kCount] = {};
    Byte exponents[2 * kCount];
    std::memcpy(last, in + i, count - i);
    const Pair elements = load_pair(last);
    store_pair(exponents, {exponents_of(elements.first), exponents_of(elements.second)});
    std::memcpy(high + i, exponents, count - i);
    store_last(low + i / 2, rests_of(elements), (count - i + 1) / 2);
  }

  static void join_nibbles(const Byte* low, const Byte* high, std::size_t count, Byte* out) {
    std::size_t i = 0;
    for (; i + 2 * kCount <= count; i += 2 * kCount)
      store_pair(out + i, join_nibbles_pair(Lanes::load(low + i / 2), load_pair(high + i)));
    if (i == count) return;
    Byte last[2 * kCount] = {};
    std::memcpy(last, high + i, count - i);
    const Vector rests = load_last(low + i / 2, (count - i + 1) / 2);
    store_pair(last, join_nibbles_pair(rests, load_pair(last)));
    std::memcpy(out + i, last, count - i);
  }

  static bool map(const Byte* symbols, std::size_t count, const Byte table[256], Byte* out) {
    const typename Lanes::Lookup lookup(table);
    const Vector unknown = Lanes::broadcast(0xFF);
    Mask any = 0;
    std::size_t i = 0;
    for (; i + kCount <= count; i += kCount) {
      const Vector ranks = lookup(Lanes::load(symbols + i));
      Lanes::store(out + i, ranks);
      any |= Lanes::at_least(ranks, unknown);
    }
    for (; i < count; ++i) {
      out[i] = table[symbols[i]];
      any |= static_cast<Mask>(out[i] == 0xFF);
    }
    return any != 0;
  }

  // Marks `count` ranks and hands each vector with its mask to `take`.
  template <class Take>
  static void mark_each(const Byte* ranks, std::size_t count, Byte threshold, Byte* bitmap,
                        Take take) {
    const Vector thresholds = Lanes::broadcast(threshold);
    std::size_t i = 0;
    for (; i + kCount <= count; i += kCount) {
      const Vector vector = Lanes::load(ranks + i);
      const Mask mask = Lanes::at_least(vector, thresholds);
      std::memcpy(bitmap + i / 8, &mask, sizeof mask);
      take(vector, mask);
    }
    if (i == count) return;
    const Vector vector = load_last(ranks + i, count - i);
    const Mask valid = static_cast<Mask>((Mask{1} << (count - i)) - 1);
    const Mask mask = static_cast<Mask>(Lanes::at_least(vector, thresholds) & valid);
    store_last_mask(bitmap + i / 8, mask, count - i);
    take(vector, mask);
  }

  static void mark(const Byte* ranks, std::size_t count, Byte threshold, Byte* bitmap) {
    mark_each(ranks, count, threshold, bitmap, [](Vector, Mask) {});
  }

  static std::size_t keep(const Byte* ranks, std::size_t count, Byte threshold, Byte* bitmap,
                          Byte* ones) {
    Byte* next_one = ones;
    mark_each(ranks, count, threshold, bitmap,
              [&](Vector vector, Mask mask) { Lanes::keep(mask, vector, next_one); });
    return static_cast<std::size_t>(next_one - ones);
  }

  static std::size_t part(const Byte* ranks, std::size_t count, Byte threshold, Byte* bitmap,
                          Byte* zeros, Byte* ones) {
    Byte* next_one = ones;
    mark_each(ranks, count, threshold, bitmap,
              [&](Vector vector, Mask mask) { Lanes::part(mask, vector, zeros, next_one); });
    return static_cast<std::size_t>(next_one - ones);
  }

  static std::size_t count_ones(const Byte* bitmap, std::size_t count) {
    const std::size_t size_bytes = bitmap_size_bytes(count);
    std::size_t ones = 0;
    std::size_t i = 0;
    for (std::uint64_t word; i + sizeof word <= size_bytes; i += sizeof word) {
      std::memcpy(&word, bitmap + i, sizeof word);
      ones += Lanes::count(word);
    }
    return i == size_bytes ? ones : ones + Lanes::count(load_word(bitmap + i, size_bytes - i));
  }

  // Gives each mask to `make` and stores the vector that this makes of it.
  template <class Make>
  static void make_each(const Byte* bitmap, std::size_t count, Byte* out, Make make) {
    for (; count >= kCount; count -= kCount) {
      Lanes::store(out, make(load_mask(bitmap)));
      bitmap += kCount / 8;
      out += kCount;
    }
    if (count > 0) store_last(out, make(load_last_mask(bitmap, count)), count);
  }

  static void choose(const Byte* bitmap, std::size_t count, Byte zero, Byte one, Byte* out) {
    const Vector zeros = Lanes::broadcast(zero);
    const Vector ones = Lanes::broadcast(one);
    make_each(bitmap, count, out, [&](Mask mask) { return Lanes::choose(mask, zeros, ones); });
  }

  static void expand(const Byte* bitmap, std::size_t count, Byte zero, const Byte* ones,
                     Byte* out) {
    const Vector zeros = Lanes::broadcast(zero);
    make_each(bitmap, count, out, [&](Mask mask) { return Lanes::expand(mask, zeros, ones); });
  }

  static void merge(const Byte* bitmap, std::size_t count, const Byte* zeros, const Byte* ones,
                    Byte* out) {
    make_each(bitmap, count, out, [&](Mask mask) { return Lanes::merge(mask, zeros, ones); });
  }

  static void divide(const Byte* bitmap, std::size_t count, const Byte* symbols, Byte* zeros,
                     Byte* ones) {
    std::size_t i = 0;
    for (; i + kCount <= count; i += kCount) {
      Lanes::part(load_mask(bitmap + i / 8), Lanes::load(symbols + i), zeros, ones);
    }
    if (i == count) return;
    const Mask mask = load_last_mask(bitmap + i / 8, count - i);
    Lanes::part(mask, load_last(symbols + i, count - i), zeros, ones);
  }

  template <bool kSwapped>
  static void merge_join2(const Byte* bitmap, std::size_t count, const Byte* zeros,
                          const Byte* ones, const Byte* low, Byte* out) {
    std::size_t i = 0;
    for (; i + kCount <= count; i += kCount) {
      const Vector high = Lanes::merge(load_mask(bitmap + i / 8), zeros, ones);
      store_pair(out + 2 * i, join_pair<kSwapped>(Lanes::load(low + i), high));
    }
    if (i == count) return;
    const Vector high = Lanes::merge(load_last_mask(bitmap + i / 8, count - i), zeros, ones);
    Byte last[2 * kCount];
    store_pair(last, join_pair<kSwapped>(load_last(low + i, count - i), high));
    std::memcpy(out + 2 * i, last, 2 * (count - i));
  }
};

}  // namespace granary::codec
