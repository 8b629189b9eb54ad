// The block formats of GGUF that can be predicted from the weights they were made of.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "codec/quant_kernels.h"

namespace granary::codec {

/// GGUF's numbers. Source: docs/formats/gguf-parent.md.
enum class QuantType : std::uint8_t {
  F32 = 0,
  F16 = 1,
  Q4_0 = 2,
  Q4_1 = 3,
  Q5_0 = 6,
  Q5_1 = 7,
  Q8_0 = 8,
  Q4_K = 12,
  Q5_K = 13,
  Q6_K = 14,
  Bf16 = 30,
};

inline constexpr std::size_t kHalvesMax = 2;
inline constexpr std::size_t kSubsMax = 16;

/// What a block has beside its codes. Unused ones are zero.
struct QuantFields {
  std::array<std::uint16_t, kHalvesMax> halves{};  // FP16: the scale; the minimum or its scale
  std::array<std::uint8_t, kSubsMax> subs{};       // of groups: scales, then minima
};

/// What the weights of a block tell of its fields, before any rounding.
struct QuantEstimate {
  std::array<float, kHalvesMax> halves{};
  std::array<float, kSubsMax> subs{};
};

/// How blocks are laid out, and how well-known quantisers fill them. A block consists of its
/// fields, and of its codes in one run of bytes. Predictions are the same on every machine,
/// whatever the weights are.
struct QuantFormat {
  QuantType type;
  std::string_view name;
  std::size_t block_size_bytes;
  std::size_t weight_count;  // in a block
  std::size_t half_count;
  std::array<std::size_t, 2> sub_counts;  // of the first and the second kind
  std::size_t codes_offset_bytes;
  std::size_t codes_size_bytes;

  // Null for a type without fields: F32, F16 and BF16, whose one code is the weight.
  QuantFields (*load_fields)(const std::uint8_t* block);
  void (*store_fields)(const QuantFields& fields, std::uint8_t* block);
  QuantEstimate (*estimate)(const QuantKernels& kernels, const float* weights);
  /// Of the groups' fields, given `fields.halves`.
  void (*predict_subs)(const QuantEstimate& estimate, const QuantFields& fields,
                       std::int16_t* predicted);
  /// Given all fields; writes codes_size_bytes.
  void (*predict_codes)(const QuantKernels& kernels, const float* weights,
                        const QuantEstimate& estimate, const QuantFields& fields,
                        std::uint8_t* codes);
};

/// Null for a number that is none of QuantType.
const QuantFormat* find_quant_format(std::uint64_t number);
/// The same by GGUF's name: "Q4_K".
const QuantFormat* find_quant_format(std::string_view name);

}  // namespace granary::codec
