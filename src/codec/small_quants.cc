// Blocks of 32 weights: Q4_0, Q5_0 and Q8_0 around zero, Q4_1 and Q5_1 from the least weight on.
// Source: docs/formats/gguf-parent.md.
#include "codec/quant_tables.h"

#include <array>
#include <cmath>

#include "codec/quant_numbers.h"

namespace granary::codec {
namespace {

using Byte = std::uint8_t;

// One group of 32, around zero: Q4_0 and Q5_0 by the outermost weight, Q8_0 by its magnitude.

constexpr std::size_t kSmallBlock = 32;

QuantFields load_one_half(const Byte* block) { return {.halves = {load_half(block)}}; }
void store_one_half(const QuantFields& fields, Byte* block) { store_half(fields.halves[0], block); }
void no_subs(const QuantEstimate&, const QuantFields&, std::int16_t*) {}

void pack_fifth_bits_small(const Byte* codes, Byte* out) {
  for (std::size_t i = 0; i < 4; ++i) {
    unsigned bits = 0;
    for (unsigned bit = 0; bit < 8; ++bit) bits |= (codes[8 * i + bit] >> 4 & 1U) << bit;
    out[i] = static_cast<Byte>(bits);
  }
}

/// Codes of 32 weights as they lie in a small block: fifth bits, if there are any, then nibbles.
template <int kBits>
void pack_small(const QuantKernels& kernels, const Byte* codes, Byte* out) {
  if constexpr (kBits == 5) {
    pack_fifth_bits_small(codes, out);
    out += 4;
  }
  kernels.pack_nibbles(codes, kSmallBlock / 2, out);
}

template <int kBits>
QuantEstimate estimate_centred(const QuantKernels& kernels, const float* weights) {
  float lowest = 0;
  float highest = 0;
  kernels.extremes(weights, kSmallBlock, 1, &lowest, &highest);
  constexpr float kSteps = 1 << (kBits - 1);
  return {.halves = {outermost(weights, kSmallBlock, lowest, highest) / -kSteps}};
}

template <int kBits>
void codes_centred(const QuantKernels& kernels, const float* weights, const QuantEstimate& estimate,
                   const QuantFields& fields, Byte* out) {
  constexpr float kSteps = 1 << (kBits - 1);
  std::array<Byte, kSmallBlock> codes;
  if (fields.halves[0] == half_of(estimate.halves[0])) {
    // The plain quantiser goes by the step before it is rounded to FP16.
    kernels.step_codes(weights, kSmallBlock,
                       {.offset = 0,
                        .factor = inverse(estimate.halves[0]),
                        .shift = kSteps + 0.5F,
                        .greatest = 2 * kSteps - 1},
                       codes.data());
  } else {
    const float scale = float_of(fields.halves[0]);
    const float offset = 0;
    kernels.grid_codes(
        weights, kSmallBlock, 1,
        {.scales = &scale, .offsets = &offset, .least = -kSteps, .greatest = kSteps - 1},
        codes.data());
  }
  pack_small<kBits>(kernels, codes.data(), out);
}

QuantEstimate estimate_q8_0(const QuantKernels& kernels, const float* weights) {
  float lowest = 0;
  float highest = 0;
  kernels.extremes(weights, kSmallBlock, 1, &lowest, &highest);
  const float magnitude = std::fabs(highest > -lowest ? highest : lowest);
  return {.halves = {magnitude / 127}};
}

void codes_q8_0(const QuantKernels& kernels, const float* weights, const QuantEstimate& estimate,
                const QuantFields& fields, Byte* out) {
  const bool is_plain = fields.halves[0] == half_of(estimate.halves[0]);
  const float scale = is_plain ? estimate.halves[0] : float_of(fields.halves[0]);
  kernels.signed_codes(weights, kSmallBlock, inverse(scale), out);
}

// One group of 32, from its least to its greatest weight: Q4_1 and Q5_1.

QuantFields load_two_halves(const Byte* block) {
  return {.halves = {load_half(block), load_half(block + 2)}};
}
void store_two_halves(const QuantFields& fields, Byte* block) {
  store_half(fields.halves[0], block);
  store_half(fields.halves[1], block + 2);
}

template <int kBits>
QuantEstimate estimate_ranged(const QuantKernels& kernels, const float* weights) {
  float lowest = 0;
  float highest = 0;
  kernels.extremes(weights, kSmallBlock, 1, &lowest, &highest);
  return {.halves = {(highest - lowest) / ((1 << kBits) - 1), lowest}};
}

template <int kBits>
void codes_ranged(const QuantKernels& kernels, const float* weights, const QuantEstimate& estimate,
                  const QuantFields& fields, Byte* out) {
  constexpr float kGreatest = (1 << kBits) - 1;
  std::array<Byte, kSmallBlock> codes;
  if (fields.halves[0] == half_of(estimate.halves[0]) &&
      fields.halves[1] == half_of(estimate.halves[1])) {
    kernels.step_codes(weights, kSmallBlock,
                       {.offset = estimate.halves[1],
                        .factor = inverse(estimate.halves[0]),
                        .shift = 0.5F,
                        .greatest = kGreatest},
                       codes.data());
  } else {
    const float scale = float_of(fields.halves[0]);
    const float offset = -float_of(fields.halves[1]);
    kernels.grid_codes(weights, kSmallBlock, 1,
                       {.scales = &scale, .offsets = &offset, .least = 0, .greatest = kGreatest},
                       codes.data());
  }
  pack_small<kBits>(kernels, codes.data(), out);
}

template <int kBits>
constexpr QuantFormat centred(QuantType type, std::string_view name) {
  return {.type = type,
          .name = name,
          .block_size_bytes = 2 + 4 * kBits,
          .weight_count = kSmallBlock,
          .half_count = 1,
          .sub_counts = {0, 0},
          .codes_offset_bytes = 2,
          .codes_size_bytes = 4 * kBits,
          .load_fields = load_one_half,
          .store_fields = store_one_half,
          .estimate = kBits == 8 ? estimate_q8_0 : estimate_centred<kBits>,
          .predict_subs = no_subs,
          .predict_codes = kBits == 8 ? codes_q8_0 : codes_centred<kBits>};
}

template <int kBits>
constexpr QuantFormat ranged(QuantType type, std::string_view name) {
  return {.type = type,
          .name = name,
          .block_size_bytes = 4 + 4 * kBits,
          .weight_count = kSmallBlock,
          .half_count = 2,
          .sub_counts = {0, 0},
          .codes_offset_bytes = 4,
          .codes_size_bytes = 4 * kBits,
          .load_fields = load_two_halves,
          .store_fields = store_two_halves,
          .estimate = estimate_ranged<kBits>,
          .predict_subs = no_subs,
          .predict_codes = codes_ranged<kBits>};
}

constexpr std::array kFormats = {
    centred<4>(QuantType::Q4_0, "Q4_0"), ranged<4>(QuantType::Q4_1, "Q4_1"),
    centred<5>(QuantType::Q5_0, "Q5_0"), ranged<5>(QuantType::Q5_1, "Q5_1"),
    centred<8>(QuantType::Q8_0, "Q8_0"),
};

}  // namespace

std::span<const QuantFormat> small_quant_formats() { return kFormats; }

}  // namespace granary::codec
