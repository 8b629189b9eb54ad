// The element types of weights that are floating-point numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace granary::codec {

/// Stored in coded blocks, so a number is never given a second meaning.
enum class FloatType : std::uint8_t { Bf16 = 0, Fp16 = 1, Fp32 = 2 };
inline constexpr unsigned kFloatTypeLast = 2;

constexpr std::size_t size_bytes_of(FloatType type) { return type == FloatType::Fp32 ? 4 : 2; }

/// By the name that safetensors and GGUF share: "BF16", "F16", "F32".
constexpr std::optional<FloatType> find_float_type(std::string_view name) {
  if (name == "BF16") return FloatType::Bf16;
  if (name == "F16") return FloatType::Fp16;
  if (name == "F32") return FloatType::Fp32;
  return {};
}

}  // namespace granary::codec
