// Vectors of 16 and 64 lanes in plain C++: they prove the loops of NEON's and AVX-512's kernels on
// machines that have neither.
#pragma once

#include <bit>
#include <cstring>
#include <vector>

#include "codec/kernels.h"
#include "codec/lane_kernels.h"

namespace granary::codec {

template <std::size_t kLaneCount, class MaskOfLanes>
struct PlainLanes {
  using Byte = std::uint8_t;
  using Mask = MaskOfLanes;
  static constexpr std::size_t kCount = kLaneCount;
  struct Vector {
    Byte lanes[kCount];
  };
  struct Pair {
    Vector first, second;
  };

  template <class Make>
  static Vector each(Make make) {
    Vector made;
    for (std::size_t i = 0; i < kCount; ++i) made.lanes[i] = static_cast<Byte>(make(i));
    return made;
  }

  static Vector load(const Byte* at) {
    return each([&](std::size_t i) { return at[i]; });
  }
  static void store(Byte* at, Vector v) { std::memcpy(at, v.lanes, kCount); }
  static Vector broadcast(Byte byte) {
    return each([&](std::size_t) { return byte; });
  }
  static Vector bit_and(Vector a, Vector b) {
    return each([&](std::size_t i) { return a.lanes[i] & b.lanes[i]; });
  }
  static Vector bit_or(Vector a, Vector b) {
    return each([&](std::size_t i) { return a.lanes[i] | b.lanes[i]; });
  }
  static Vector bit_xor(Vector a, Vector b) {
    return each([&](std::size_t i) { return a.lanes[i] ^ b.lanes[i]; });
  }
  template <int kBits>
  static Vector left(Vector v) {
    return each([&](std::size_t i) { return v.lanes[i] << kBits; });
  }
  template <int kBits>
  static Vector right(Vector v) {
    return each([&](std::size_t i) { return v.lanes[i] >> kBits; });
  }
  static Byte lane_of(const Pair& pair, std::size_t i) {
    return i < kCount ? pair.first.lanes[i] : pair.second.lanes[i - kCount];
  }
  static Pair zip(Pair in) {
    const auto lane = [&](std::size_t i) {
      return i % 2 == 0 ? in.first.lanes[i / 2] : in.second.lanes[i / 2];
    };
    return {each(lane), each([&](std::size_t i) { return lane(kCount + i); })};
  }
  static Pair unzip(Pair in) {
    return {each([&](std::size_t i) { return lane_of(in, 2 * i); }),
            each([&](std::size_t i) { return lane_of(in, 2 * i + 1); })};
  }
  static std::size_t count(std::uint64_t mask) {
    return static_cast<std::size_t>(std::popcount(mask));
  }
  static bool is_one(Mask mask, std::size_t i) { return (mask >> i & 1) != 0; }
  static Mask at_least(Vector v, Vector thresholds) {
    Mask mask = 0;
    for (std::size_t i = 0; i < kCount; ++i)
      if (v.lanes[i] >= thresholds.lanes[i]) mask = static_cast<Mask>(mask | Mask{1} << i);
    return mask;
  }
  static Vector choose(Mask mask, Vector zeros, Vector ones) {
    return each([&](std::size_t i) { return is_one(mask, i) ? ones.lanes[i] : zeros.lanes[i]; });
  }
  static Vector expand(Mask mask, Vector zeros, const Byte*& ones) {
    return each([&](std::size_t i) { return is_one(mask, i) ? *ones++ : zeros.lanes[i]; });
  }
  static Vector merge(Mask mask, const Byte*& zeros, const Byte*& ones) {
    return each([&](std::size_t i) { return is_one(mask, i) ? *ones++ : *zeros++; });
  }
  static void keep(Mask mask, Vector v, Byte*& ones) {
    for (std::size_t i = 0; i < kCount; ++i)
      if (is_one(mask, i)) *ones++ = v.lanes[i];
  }
  static void part(Mask mask, Vector v, Byte*& zeros, Byte*& ones) {
    keep(static_cast<Mask>(~mask), v, zeros);
    keep(mask, v, ones);
  }
  struct Lookup {
    explicit Lookup(const Byte bytes[256]) : table(bytes) {}
    Vector operator()(Vector v) const {
      return each([&](std::size_t i) { return table[v.lanes[i]]; });
    }
    const Byte* table;
  };
};

inline constexpr Kernels kPlain16Kernels =
    kernels_of<LaneKernels<PlainLanes<16, std::uint16_t>>>("plain16");
inline constexpr Kernels kPlain64Kernels =
    kernels_of<LaneKernels<PlainLanes<64, std::uint64_t>>>("plain64");

/// What this CPU can run, and the above.
inline std::vector<const Kernels*> kernels_to_test() {
  std::vector<const Kernels*> kernels(all_kernels().begin(), all_kernels().end());
  kernels.push_back(&kPlain16Kernels);
  kernels.push_back(&kPlain64Kernels);
  return kernels;
}

}  // namespace granary::codec
