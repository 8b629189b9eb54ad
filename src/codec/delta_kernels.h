// The inner loops of the delta codec, as a table of functions for one instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

namespace granary::codec {

/// A base's elements fall into classes by their exponent: the class is `top` less the exponent,
/// held between 0 and kDeltaClassCount - 1.
inline constexpr std::size_t kDeltaClassCount = 8;

struct ExponentField {
  unsigned shift;  // 7 for BF16, 10 for FP16, 23 for FP32
  unsigned mask;  // 0xFF, 0x1F, 0xFF
};

/// Every table gives the same bytes. Elements are little-endian and need not be aligned; a plane
/// has one byte of each element.
struct DeltaKernels {
  void (*classify2)(const std::uint8_t* base, std::size_t count, ExponentField exponent,
                    unsigned top, std::uint8_t* classes);
  void (*classify4)(const std::uint8_t* base, std::size_t count, ExponentField exponent,
                    unsigned top, std::uint8_t* classes);

  /// Each number's place among all numbers, less that of the base's, sign last, split into planes.
  void (*fold2)(const std::uint8_t* base, const std::uint8_t* in, std::size_t count,
                std::uint8_t* const planes[2]);
  void (*fold4)(const std::uint8_t* base, const std::uint8_t* in, std::size_t count,
                std::uint8_t* const planes[4]);
  /// Their inverse. `out` may be `base`.
  void (*unfold2)(const std::uint8_t* base, const std::uint8_t* const planes[2], std::size_t count,
                  std::uint8_t* out);
  void (*unfold4)(const std::uint8_t* base, const std::uint8_t* const planes[4], std::size_t count,
                  std::uint8_t* out);
};

extern const DeltaKernels kScalarDeltaKernels;
extern const DeltaKernels kAvx2DeltaKernels;

}  // namespace granary::codec
