// The element types of weights that are floating-point numbers.
#pragma once

#include <cstddef>
#include <cstdint>

namespace granary::codec {

/// Stored in coded blocks, so a number is never given a second meaning.
enum class FloatType : std::uint8_t { Bf16 = 0, Fp16 = 1, Fp32 = 2 };
inline constexpr unsigned kFloatTypeLast = 2;

constexpr std::size_t size_bytes_of(FloatType type) { return type == FloatType::Fp32 ? 4 : 2; }

}  // namespace granary::codec
