// Blocks of made-up weights, for tests and benchmarks.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <random>

#include "base/bytes.h"
#include "base/limits.h"

namespace granary::codec {

inline std::uint32_t bits_of(float value) { return std::bit_cast<std::uint32_t>(value); }

// Writers of one element each; BF16 is rounded to the nearest, ties to even.
inline std::uint16_t to_bf16(float value) {
  const std::uint32_t bits = bits_of(value);
  return static_cast<std::uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}
inline void put_bf16(Bytes& out, float value) { put_u16(out, to_bf16(value)); }
inline void put_fp32(Bytes& out, float value) { put_u32(out, bits_of(value)); }
inline void put_upcast_bf16(Bytes& out, float value) {
  put_u32(out, std::uint32_t{to_bf16(value)} << 16);
}
// Normal numbers only, cut short.
inline void put_fp16(Bytes& out, float value) {
  const std::uint32_t bits = bits_of(value);
  const std::uint32_t exponent = (bits >> 23 & 0xFF);
  const std::uint32_t half = exponent < 113 ? 0 : (exponent - 112) << 10 | (bits >> 13 & 0x3FF);
  put_u16(out, static_cast<std::uint16_t>((bits >> 16 & 0x8000) | half));
}
// E4M3 after a scaling that brings the greatest weight near 448; cut short.
inline void put_fp8(Bytes& out, float value) {
  const std::uint32_t bits = bits_of(value * 2000);
  const std::uint32_t exponent = (bits >> 23 & 0xFF);
  const std::uint32_t small =
      exponent < 121 ? 0 : std::min<std::uint32_t>(exponent - 120, 15) << 3 | (bits >> 20 & 7);
  put_u8(out, static_cast<std::uint8_t>((bits >> 24 & 0x80) | small));
}
inline void put_int8(Bytes& out, float value) {
  put_u8(out, static_cast<std::uint8_t>(static_cast<std::int8_t>(
                  std::lround(std::min(std::max(value * 1000, -127.0F), 127.0F)))));
}

/// Like a transformer's matrix of rows of 1024: one deviation, a scale for each row, some tails.
template <class Put>
Bytes transformer_weights(std::uint64_t seed, std::size_t size_bytes, Put put) {
  std::mt19937_64 numbers(seed);
  std::normal_distribution<float> normal;
  std::uniform_real_distribution<float> uniform;
  const float deviation = std::exp(std::log(0.008F) + uniform(numbers) * std::log(5.0F));
  Bytes bytes;
  float row = 1;
  for (std::size_t i = 0; bytes.size() < size_bytes; ++i) {
    if (i % 1024 == 0) row = std::exp(0.18F * normal(numbers));
    const float tail = uniform(numbers) < 0.03F ? 2.5F : 1.0F;
    put(bytes, normal(numbers) * deviation * row * tail);
  }
  bytes.resize(size_bytes);
  return bytes;
}

inline Bytes random_bytes(std::uint64_t seed, std::size_t size) {
  std::mt19937_64 numbers(seed);
  Bytes bytes;
  while (bytes.size() < size) put_u64(bytes, numbers());
  bytes.resize(size);
  return bytes;
}

}  // namespace granary::codec
