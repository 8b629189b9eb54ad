// Blocks of 256 weights in groups, each with fields of its own: Q4_K, Q5_K and Q6_K.
// Source: docs/formats/gguf-parent.md.
#include "codec/quant_tables.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "codec/quant_numbers.h"

namespace granary::codec {
namespace {

using Byte = std::uint8_t;

// Eight groups of 32, each with a scale and a minimum of 6 bits: Q4_K and Q5_K.

constexpr std::size_t kGroups = 8;
constexpr std::size_t kGroupSize = 32;
constexpr float kSixBits = 63;

// The scales and minima of groups 0 to 3 fill the low 6 bits of the first 8 bytes. Those of groups
// 4 to 7 have their low 4 bits in the last 4 bytes and their upper 2 atop the first 8.
QuantFields load_groups(const Byte* block) {
  QuantFields fields{.halves = {load_half(block), load_half(block + 2)}};
  const Byte* packed = block + 4;
  for (std::size_t i = 0; i < 4; ++i) {
    fields.subs[i] = packed[i] & 0x3F;
    fields.subs[kGroups + i] = packed[4 + i] & 0x3F;
    fields.subs[4 + i] = static_cast<Byte>((packed[8 + i] & 0xF) | packed[i] >> 6 << 4);
    fields.subs[kGroups + 4 + i] = static_cast<Byte>(packed[8 + i] >> 4 | packed[4 + i] >> 6 << 4);
  }
  return fields;
}

void store_groups(const QuantFields& fields, Byte* block) {
  store_half(fields.halves[0], block);
  store_half(fields.halves[1], block + 2);
  Byte* packed = block + 4;
  for (std::size_t i = 0; i < 4; ++i) {
    const unsigned scale = fields.subs[4 + i];
    const unsigned minimum = fields.subs[kGroups + 4 + i];
    packed[i] = static_cast<Byte>((fields.subs[i] & 0x3FU) | scale >> 4 << 6);
    packed[4 + i] = static_cast<Byte>((fields.subs[kGroups + i] & 0x3FU) | minimum >> 4 << 6);
    packed[8 + i] = static_cast<Byte>((scale & 0xFU) | minimum << 4);
  }
}

template <int kBits>
QuantEstimate estimate_groups(const QuantKernels& kernels, const float* weights) {
  QuantEstimate estimate;
  std::array<float, kGroups> lowest;
  std::array<float, kGroups> highest;
  kernels.extremes(weights, kGroupSize, kGroups, lowest.data(), highest.data());
  for (std::size_t group = 0; group < kGroups; ++group) {
    const float low = lowest[group] < 0 ? lowest[group] : 0;
    estimate.subs[group] = (highest[group] - low) / ((1 << kBits) - 1);
    estimate.subs[kGroups + group] = -low;
  }
  for (std::size_t kind = 0; kind < 2; ++kind) {
    float most = 0;
    for (std::size_t group = 0; group < kGroups; ++group) {
      const float sub = estimate.subs[kind * kGroups + group];
      most = sub > most ? sub : most;
    }
    estimate.halves[kind] = most / kSixBits;
  }
  return estimate;
}

void subs_groups(const QuantEstimate& estimate, const QuantFields& fields,
                 std::int16_t* predicted) {
  for (std::size_t kind = 0; kind < 2; ++kind) {
    const float unit = float_of(fields.halves[kind]);
    for (std::size_t group = 0; group < kGroups; ++group) {
      const std::size_t i = kind * kGroups + group;
      predicted[i] = nearest(estimate.subs[i] / unit, 0, kSixBits);
    }
  }
}

template <int kBits>
void codes_groups(const QuantKernels& kernels, const float* weights, const QuantEstimate& estimate,
                  const QuantFields& fields, Byte* out) {
  const float unit = float_of(fields.halves[0]);
  const float minimum_unit = float_of(fields.halves[1]);
  std::array<float, kGroups> scales;
  std::array<float, kGroups> offsets;
  for (std::size_t group = 0; group < kGroups; ++group) {
    scales[group] = unit * fields.subs[group];
    offsets[group] = minimum_unit * fields.subs[kGroups + group];
    if (scales[group] != 0) continue;
    // Then the codes are those of the search.
    scales[group] = estimate.subs[group];
    offsets[group] = estimate.subs[kGroups + group];
  }
  std::array<Byte, kQuantWeightsMax> codes;
  kernels.grid_codes(weights, kGroupSize, kGroups,
                     {.scales = scales.data(),
                      .offsets = offsets.data(),
                      .least = 0,
                      .greatest = (1 << kBits) - 1},
                     codes.data());
  if constexpr (kBits == 5) {
    kernels.pack_fifth_bits(codes.data(), out);
    out += kGroupSize;
  }
  for (std::size_t i = 0; i < kQuantWeightsMax; i += 2 * kGroupSize, out += kGroupSize)
    kernels.pack_nibbles(codes.data() + i, kGroupSize, out);
}

// Sixteen groups of 16, each with a signed scale of 8 bits: Q6_K.

constexpr std::size_t kSmallGroups = 16;
constexpr std::size_t kSmallGroupSize = 16;
constexpr std::size_t kQ6CodesSizeBytes = 192;
constexpr float kQ6Steps = 32;

QuantFields load_q6_k(const Byte* block) {
  QuantFields fields{.halves = {load_half(block + kQ6CodesSizeBytes + kSmallGroups)}};
  std::copy_n(block + kQ6CodesSizeBytes, kSmallGroups, fields.subs.begin());
  return fields;
}

void store_q6_k(const QuantFields& fields, Byte* block) {
  std::copy_n(fields.subs.begin(), kSmallGroups, block + kQ6CodesSizeBytes);
  store_half(fields.halves[0], block + kQ6CodesSizeBytes + kSmallGroups);
}

QuantEstimate estimate_q6_k(const QuantKernels& kernels, const float* weights) {
  QuantEstimate estimate;
  std::array<float, kSmallGroups> lowest;
  std::array<float, kSmallGroups> highest;
  kernels.extremes(weights, kSmallGroupSize, kSmallGroups, lowest.data(), highest.data());
  float most = 0;
  for (std::size_t group = 0; group < kSmallGroups; ++group) {
    const float sub = outermost(weights + group * kSmallGroupSize, kSmallGroupSize, lowest[group],
                                highest[group]) /
                      -kQ6Steps;
    estimate.subs[group] = sub;
    if (std::fabs(sub) > std::fabs(most)) most = sub;
  }
  estimate.halves[0] = most / -128;
  return estimate;
}

void subs_q6_k(const QuantEstimate& estimate, const QuantFields& fields, std::int16_t* predicted) {
  const float unit = float_of(fields.halves[0]);
  for (std::size_t group = 0; group < kSmallGroups; ++group)
    predicted[group] = nearest(estimate.subs[group] / unit, -128, 127);
}

void codes_q6_k(const QuantKernels& kernels, const float* weights, const QuantEstimate& estimate,
                const QuantFields& fields, Byte* out) {
  const float unit = float_of(fields.halves[0]);
  std::array<float, kSmallGroups> scales;
  constexpr std::array<float, kSmallGroups> kNoOffsets{};
  for (std::size_t group = 0; group < kSmallGroups; ++group) {
    scales[group] = unit * static_cast<float>(static_cast<std::int8_t>(fields.subs[group]));
    if (scales[group] == 0) scales[group] = estimate.subs[group];
  }
  std::array<Byte, kQuantWeightsMax> codes;
  kernels.grid_codes(weights, kSmallGroupSize, kSmallGroups,
                     {.scales = scales.data(),
                      .offsets = kNoOffsets.data(),
                      .least = -kQ6Steps,
                      .greatest = kQ6Steps - 1},
                     codes.data());
  for (std::size_t side = 0; side < 2; ++side) {
    const Byte* half = codes.data() + 128 * side;
    kernels.pack_nibbles(half, 64, out + 64 * side);
    kernels.pack_top_pairs(half, out + 128 + 32 * side);
  }
}

template <int kBits>
constexpr QuantFormat grouped(QuantType type, std::string_view name) {
  return {.type = type,
          .name = name,
          .block_size_bytes = 16 + 32 * kBits,
          .weight_count = kQuantWeightsMax,
          .half_count = 2,
          .sub_counts = {kGroups, kGroups},
          .codes_offset_bytes = 16,
          .codes_size_bytes = 32 * kBits,
          .load_fields = load_groups,
          .store_fields = store_groups,
          .estimate = estimate_groups<kBits>,
          .predict_subs = subs_groups,
          .predict_codes = codes_groups<kBits>};
}

constexpr QuantFormat kQ6K = {.type = QuantType::Q6_K,
                              .name = "Q6_K",
                              .block_size_bytes = kQ6CodesSizeBytes + kSmallGroups + 2,
                              .weight_count = kQuantWeightsMax,
                              .half_count = 1,
                              .sub_counts = {kSmallGroups, 0},
                              .codes_offset_bytes = 0,
                              .codes_size_bytes = kQ6CodesSizeBytes,
                              .load_fields = load_q6_k,
                              .store_fields = store_q6_k,
                              .estimate = estimate_q6_k,
                              .predict_subs = subs_q6_k,
                              .predict_codes = codes_q6_k};

constexpr std::array kFormats = {
    grouped<4>(QuantType::Q4_K, "Q4_K"),
    grouped<5>(QuantType::Q5_K, "Q5_K"),
    kQ6K,
};

}  // namespace

std::span<const QuantFormat> grouped_quant_formats() { return kFormats; }

}  // namespace granary::codec
