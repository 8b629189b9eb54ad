// The loops of QuantKernels, written so that a compiler makes vectors of them for any instruction
// set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "codec/quant_kernels.h"

namespace granary::codec {

/// `Isa` is a type of the including file's own, so that each instruction set has its own copies.
/// Files that use it are compiled for more than the base instruction set, so neither may call
/// inline functions of other headers: the linker could keep that copy for everybody. They are
/// compiled with -ffp-contract=off.
template <class Isa>
struct QuantLoops {
  using Byte = std::uint8_t;
  static constexpr std::size_t kLanes = 8;
  static constexpr float kInfinity = __builtin_inff();

  static constexpr QuantKernels table() {
    return {.widen_bf16 = widen_bf16,
            .widen_fp16 = widen_fp16,
            .widen_fp32 = widen_fp32,
            .round_to_half = round_to_half,
            .narrow_fp16 = narrow_fp16,
            .narrow_bf16 = narrow_bf16,
            .narrow_fp32 = narrow_fp32,
            .extremes = extremes,
            .grid_codes = grid_codes,
            .step_codes = step_codes,
            .signed_codes = signed_codes,
            .pack_nibbles = pack_nibbles,
            .pack_fifth_bits = pack_fifth_bits,
            .pack_top_pairs = pack_top_pairs};
  }

  static void widen_bf16(const Byte* in, std::size_t count, float* out) {
    for (std::size_t i = 0; i < count; ++i) {
      std::uint16_t element;
      std::memcpy(&element, in + 2 * i, 2);
      const std::uint32_t bits = std::uint32_t{element} << 16;
      std::memcpy(out + i, &bits, 4);
    }
  }

  static void widen_fp16(const Byte* in, std::size_t count, float* out) {
    for (std::size_t i = 0; i < count; ++i) {
      std::uint16_t element;
      std::memcpy(&element, in + 2 * i, 2);
      const std::uint32_t sign = (std::uint32_t{element} & 0x8000U) << 16;
      const std::uint32_t magnitude = std::uint32_t{element} & 0x7FFFU;
      // Without an exponent it is a multiple of 2^-24.
      const float multiple = static_cast<float>(static_cast<std::int32_t>(magnitude)) * 0x1p-24F;
      std::uint32_t small;
      std::memcpy(&small, &multiple, 4);
      const std::uint32_t special = magnitude >= 0x7C00U ? 0x7F80'0000U : 0U;
      const std::uint32_t normal = ((magnitude << 13) + (112U << 23)) | special;
      const std::uint32_t bits = (magnitude < 0x400U ? small : normal) | sign;
      std::memcpy(out + i, &bits, 4);
    }
  }

  static void widen_fp32(const Byte* in, std::size_t count, float* out) {
    std::memcpy(out, in, 4 * count);
  }

  struct Parts {
    std::uint32_t sign;
    std::uint32_t magnitude;
  };
  static Parts parts_of(float number) {
    std::uint32_t bits;
    std::memcpy(&bits, &number, 4);
    return {.sign = bits & 0x8000'0000U, .magnitude = bits & 0x7FFF'FFFFU};
  }

  static constexpr std::uint32_t kInfinityBits = 0x7F80'0000;
  static constexpr std::uint32_t kHalfOverflow = 0x477F'F000;  // 65520, which rounds to infinity
  static constexpr std::uint32_t kHalfNormalLeast = 0x3880'0000;  // 2^-14

  // Below 2^-14, FP16 has multiples of 2^-24, the weight of the last bit of 0.5.
  static float small_half(std::uint32_t magnitude) {
    float number;
    std::memcpy(&number, &magnitude, 4);
    return number + 0.5F;
  }
  static std::uint32_t normal_half(std::uint32_t magnitude) {
    return magnitude + 0xFFFU + (magnitude >> 13 & 1U);
  }

  static void round_to_half(float* weights, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto [sign, magnitude] = parts_of(weights[i]);
      const std::uint32_t small = parts_of(small_half(magnitude) - 0.5F).magnitude;
      const std::uint32_t normal = normal_half(magnitude) & ~0x1FFFU;
      std::uint32_t rounded = magnitude < kHalfNormalLeast ? small : normal;
      rounded = magnitude >= kHalfOverflow ? kInfinityBits : rounded;
      rounded = magnitude > kInfinityBits ? 0x7FC0'0000U : rounded;
      rounded |= sign;
      std::memcpy(weights + i, &rounded, 4);
    }
  }

  static void narrow_fp16(const float* in, std::size_t count, Byte* out) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto [sign, magnitude] = parts_of(in[i]);
      const std::uint32_t small = parts_of(small_half(magnitude)).magnitude - 0x3F00'0000U;
      const std::uint32_t normal = (normal_half(magnitude) - (112U << 23)) >> 13;
      std::uint32_t rounded = magnitude < kHalfNormalLeast ? small : normal;
      rounded = magnitude >= kHalfOverflow ? 0x7C00U : rounded;
      rounded |= sign >> 16;
      const auto half = static_cast<std::uint16_t>(magnitude > kInfinityBits ? 0x7E00U : rounded);
      std::memcpy(out + 2 * i, &half, 2);
    }
  }

  static void narrow_bf16(const float* in, std::size_t count, Byte* out) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto [sign, magnitude] = parts_of(in[i]);
      const std::uint32_t rounded = (magnitude + 0x7FFFU + (magnitude >> 16 & 1U)) >> 16;
      const std::uint32_t quiet = magnitude >> 16 | 0x40U;
      const auto element =
          static_cast<std::uint16_t>((magnitude > kInfinityBits ? quiet : rounded) | sign >> 16);
      std::memcpy(out + 2 * i, &element, 2);
    }
  }

  static void narrow_fp32(const float* in, std::size_t count, Byte* out) {
    std::memcpy(out, in, 4 * count);
  }

  static void extremes(const float* weights, std::size_t group_size, std::size_t group_count,
                       float* lowest, float* highest) {
    for (std::size_t group = 0; group < group_count; ++group, weights += group_size) {
      float low[kLanes];
      float high[kLanes];
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        low[lane] = kInfinity;
        high[lane] = -kInfinity;
      }
      for (std::size_t i = 0; i < group_size; i += kLanes) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
          const float weight = weights[i + lane];
          low[lane] = weight < low[lane] ? weight : low[lane];
          high[lane] = weight > high[lane] ? weight : high[lane];
        }
      }
      for (std::size_t width = kLanes / 2; width > 0; width /= 2) {
        for (std::size_t lane = 0; lane < width; ++lane) {
          low[lane] = low[lane + width] < low[lane] ? low[lane + width] : low[lane];
          high[lane] = high[lane + width] > high[lane] ? high[lane + width] : high[lane];
        }
      }
      lowest[group] = low[0];
      highest[group] = high[0];
    }
  }

  // Adding 1.5 * 2^23 leaves the nearest integer, ties to even, in the low bits of the sum.
  static std::int32_t nearest(float number) {
    const float sum = number + 12'582'912.0F;
    std::int32_t bits;
    std::memcpy(&bits, &sum, 4);
    return bits - 0x4B40'0000;
  }

  static void grid_codes(const float* weights, std::size_t group_size, std::size_t group_count,
                         const QuantKernels::Grid& grid, Byte* codes) {
    const float least = grid.least;
    const float greatest = grid.greatest;
    const std::int32_t zero = nearest(least);
    for (std::size_t group = 0; group < group_count; ++group) {
      const float scale = grid.scales[group];
      const float offset = grid.offsets[group];
      for (std::size_t i = 0; i < group_size; ++i) {
        float code = (weights[i] + offset) / scale;
        code = code >= least ? code : least;
        code = code <= greatest ? code : greatest;
        codes[i] = static_cast<Byte>(nearest(code) - zero);
      }
      weights += group_size;
      codes += group_size;
    }
  }

  static void step_codes(const float* weights, std::size_t count, const QuantKernels::Steps& steps,
                         Byte* codes) {
    const QuantKernels::Steps by = steps;
    for (std::size_t i = 0; i < count; ++i) {
      float code = (weights[i] - by.offset) * by.factor + by.shift;
      code = code >= 0.0F ? code : 0.0F;
      code = code <= by.greatest ? code : by.greatest;
      codes[i] = static_cast<Byte>(static_cast<std::int32_t>(code));
    }
  }

  static void signed_codes(const float* weights, std::size_t count, float factor, Byte* codes) {
    for (std::size_t i = 0; i < count; ++i) {
      float code = weights[i] * factor;
      code = code >= -127.0F ? code : -127.0F;
      code = code <= 127.0F ? code : 127.0F;
      const auto whole = static_cast<std::int32_t>(code);
      const float rest = code - static_cast<float>(whole);
      const std::int32_t up = rest >= 0.5F ? 1 : 0;
      const std::int32_t down = rest <= -0.5F ? 1 : 0;
      codes[i] = static_cast<Byte>(whole + up - down);
    }
  }

  static void pack_nibbles(const Byte* codes, std::size_t count, Byte* out) {
    for (std::size_t i = 0; i < count; ++i)
      out[i] = static_cast<Byte>((codes[i] & 0xFU) | (codes[count + i] & 0xFU) << 4);
  }

  static void pack_fifth_bits(const Byte* codes, Byte* out) {
    for (std::size_t i = 0; i < 32; ++i) {
      unsigned bits = 0;
      for (unsigned group = 0; group < 8; ++group)
        bits |= (codes[32 * group + i] >> 4 & 1U) << group;
      out[i] = static_cast<Byte>(bits);
    }
  }

  static void pack_top_pairs(const Byte* codes, Byte* out) {
    for (std::size_t i = 0; i < 32; ++i) {
      unsigned bits = 0;
      for (unsigned group = 0; group < 4; ++group)
        bits |= (codes[32 * group + i] >> 4 & 3U) << 2 * group;
      out[i] = static_cast<Byte>(bits);
    }
  }
};

}  // namespace granary::codec
