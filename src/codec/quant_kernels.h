// The inner loops of quantisers, as a table of functions for one instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

namespace granary::codec {

/// Every table gives the same bits, whatever the numbers are: no sum is reordered, no product is
/// fused with a sum, and what a comparison with a NaN decides is written out. A block has at most
/// kQuantWeightsMax weights; groups have 16 or 32.
struct QuantKernels {
  // Little-endian numbers to FP32. `round_to_half` takes each to FP16 and back.
  void (*widen_bf16)(const std::uint8_t* in, std::size_t count, float* out);
  void (*widen_fp16)(const std::uint8_t* in, std::size_t count, float* out);
  void (*widen_fp32)(const std::uint8_t* in, std::size_t count, float* out);
  void (*round_to_half)(float* weights, std::size_t count);
  // And back, each to the nearest, ties to even. FP16: all NaNs give one; BF16: quiet ones.
  void (*narrow_fp16)(const float* in, std::size_t count, std::uint8_t* out);
  void (*narrow_bf16)(const float* in, std::size_t count, std::uint8_t* out);
  void (*narrow_fp32)(const float* in, std::size_t count, std::uint8_t* out);

  /// The least and the greatest of each group; NaNs do not count. +inf and -inf if all are NaNs.
  void (*extremes)(const float* weights, std::size_t group_size, std::size_t group_count,
                   float* lowest, float* highest);

  /// codes[i] = nearest((weights[i] + offset) / scale) - least, ties to even, with the quotient
  /// held between `least` and `greatest`; `least` for a NaN. Scale and offset are those of the
  /// group.
  struct Grid {
    const float* scales;
    const float* offsets;
    float least;
    float greatest;
  };
  void (*grid_codes)(const float* weights, std::size_t group_size, std::size_t group_count,
                     const Grid& grid, std::uint8_t* codes);

  /// codes[i] = whole part of (weights[i] - offset) * factor + shift, held between 0 and
  /// `greatest`; 0 for a NaN.
  struct Steps {
    float offset;
    float factor;
    float shift;
    float greatest;
  };
  void (*step_codes)(const float* weights, std::size_t count, const Steps& steps,
                     std::uint8_t* codes);

  /// codes[i] = nearest(weights[i] * factor), ties away from zero, held between -127 and 127, in
  /// two's complement; -127 for a NaN.
  void (*signed_codes)(const float* weights, std::size_t count, float factor, std::uint8_t* codes);

  /// The low halves of codes[0 … count) below those of codes[count … 2 * count).
  void (*pack_nibbles)(const std::uint8_t* codes, std::size_t count, std::uint8_t* out);
  /// Bit 4 of codes[32 * g + i] becomes bit g of out[i], for 8 groups of 32.
  void (*pack_fifth_bits)(const std::uint8_t* codes, std::uint8_t* out);
  /// Bits 4 and 5 of codes[32 * g + i] become bits 2 * g and 2 * g + 1 of out[i], for 4 groups of
  /// 32.
  void (*pack_top_pairs)(const std::uint8_t* codes, std::uint8_t* out);
};

inline constexpr std::size_t kQuantWeightsMax = 256;

extern const QuantKernels kScalarQuantKernels;
extern const QuantKernels kAvx2QuantKernels;

}  // namespace granary::codec
