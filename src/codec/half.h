// FP16 to FP32 and back, by integers, so that every machine rounds alike.
#pragma once

#include <cstdint>

namespace granary::codec {

// Numbers are handled as their bits: "bits" is FP32, "half" is FP16. Rounding is to nearest, ties
// to even. Source: IEEE 754-2008.

constexpr std::uint32_t bits_of_half(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000U) << 16;
  const std::uint32_t exponent = half >> 10 & 0x1FU;
  std::uint32_t mantissa = half & 0x3FFU;
  if (exponent == 31) return sign | 0x7F80'0000U | mantissa << 13;
  if (exponent > 0) return sign | (exponent + 112) << 23 | mantissa << 13;
  if (mantissa == 0) return sign;
  std::uint32_t shift = 0;
  while ((mantissa & 0x400U) == 0) {
    mantissa <<= 1;
    ++shift;
  }
  return sign | (113 - shift) << 23 | (mantissa & 0x3FFU) << 13;
}

/// All NaNs give one, which has no sign.
constexpr std::uint16_t half_of_bits(std::uint32_t bits) {
  const auto sign = static_cast<std::uint16_t>(bits >> 16 & 0x8000U);
  const std::uint32_t magnitude = bits & 0x7FFF'FFFFU;
  if (magnitude > 0x7F80'0000U) return 0x7E00;
  if (magnitude >= 0x477F'F000U) return sign | 0x7C00;  // 65520, which rounds to infinity
  if (magnitude >= 0x3880'0000U) {                      // 2^-14, the least normal number
    const std::uint32_t rounded = magnitude + 0xFFFU + (magnitude >> 13 & 1U);
    return static_cast<std::uint16_t>(sign | ((rounded - (112U << 23)) >> 13));
  }
  if (magnitude <= 0x3300'0000U) return sign;  // 2^-25, half of the least number
  const std::uint32_t mantissa = (magnitude & 0x7F'FFFFU) | 0x80'0000U;
  const std::uint32_t shift = 126 - (magnitude >> 23);  // 14 to 24
  const std::uint32_t kept = mantissa >> shift;
  const std::uint32_t rest = mantissa & ((1U << shift) - 1);
  const std::uint32_t middle = 1U << (shift - 1);
  const bool up = rest > middle || (rest == middle && (kept & 1U) != 0);
  return static_cast<std::uint16_t>(sign | (kept + (up ? 1 : 0)));
}

}  // namespace granary::codec
