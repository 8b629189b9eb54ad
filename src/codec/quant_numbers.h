// Arithmetic that the predictions of all quantised formats share. No result depends on the machine.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "codec/half.h"

namespace granary::codec {

inline float float_of(std::uint16_t half) { return std::bit_cast<float>(bits_of_half(half)); }
inline std::uint16_t half_of(float number) {
  return half_of_bits(std::bit_cast<std::uint32_t>(number));
}

inline std::uint16_t load_half(const std::uint8_t* at) {
  return static_cast<std::uint16_t>(at[0] | static_cast<unsigned>(at[1]) << 8);
}
inline void store_half(std::uint16_t half, std::uint8_t* at) {
  at[0] = static_cast<std::uint8_t>(half);
  at[1] = static_cast<std::uint8_t>(half >> 8);
}

/// The nearest integer, ties to even, held within bounds; `least` for a NaN.
inline std::int16_t nearest(float number, float least, float greatest) {
  if (!(number >= least)) number = least;
  if (!(number <= greatest)) number = greatest;
  constexpr float kOneStepApart = 12'582'912.0F;  // 1.5 * 2^23: sums have no fraction
  return static_cast<std::int16_t>((number + kOneStepApart) - kOneStepApart);
}

inline float inverse(float number) { return number != 0 ? 1 / number : 0; }

/// The weight of greatest magnitude, the first of these where there are two.
inline float outermost(const float* weights, std::size_t count, float lowest, float highest) {
  // Which of them it is, is a toss: no branch may depend on it.
  if (highest != -lowest) return highest > -lowest ? highest : lowest;
  for (std::size_t i = 0; i < count && highest != 0; ++i)
    if (weights[i] == highest || weights[i] == lowest) return weights[i];
  return 0;
}

}  // namespace granary::codec
