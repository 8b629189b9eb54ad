// The loops of DeltaKernels, written so that a compiler makes vectors of them for any instruction
// set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "codec/delta_kernels.h"

namespace granary::codec {

/// `Isa` and the files that use it: as for QuantLoops.
template <class Isa>
struct DeltaLoops {
  using Byte = std::uint8_t;

  static constexpr DeltaKernels table() {
    return {.classify2 = classify<std::uint16_t>,
            .classify4 = classify<std::uint32_t>,
            .fold2 = fold<std::uint16_t>,
            .fold4 = fold<std::uint32_t>,
            .unfold2 = unfold<std::uint16_t>,
            .unfold4 = unfold<std::uint32_t>};
  }

  template <class Element>
  static void classify(const Byte* base, std::size_t count, ExponentField exponent, unsigned top,
                       Byte* classes) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto field =
          static_cast<std::int16_t>(load<Element>(base, i) >> exponent.shift & exponent.mask);
      auto below = static_cast<std::int16_t>(static_cast<std::int16_t>(top) - field);
      constexpr std::int16_t kLast = kDeltaClassCount - 1;
      below = below > 0 ? below : std::int16_t{0};
      below = below < kLast ? below : kLast;
      classes[i] = static_cast<Byte>(below);
    }
  }

  template <class Element>
  static void fold(const Byte* base, const Byte* in, std::size_t count, Byte* const* planes) {
    constexpr unsigned kBits = 8 * sizeof(Element);
    Byte* out[sizeof(Element)];
    for (std::size_t byte = 0; byte < sizeof(Element); ++byte) out[byte] = planes[byte];
    for (std::size_t i = 0; i < count; ++i) {
      const auto step =
          static_cast<Element>(ordered(load<Element>(in, i)) - ordered(load<Element>(base, i)));
      const Element negative = step >> (kBits - 1);
      const auto spread = static_cast<Element>(-negative);
      const auto magnitude = static_cast<Element>((step ^ spread) + negative);
      const auto folded = static_cast<Element>(static_cast<Element>(magnitude << 1) | negative);
      for (std::size_t byte = 0; byte < sizeof(Element); ++byte)
        out[byte][i] = static_cast<Byte>(folded >> 8 * byte);
    }
  }

  template <class Element>
  static void unfold(const Byte* base, const Byte* const* planes, std::size_t count, Byte* out) {
    constexpr unsigned kBits = 8 * sizeof(Element);
    const Byte* in[sizeof(Element)];
    for (std::size_t byte = 0; byte < sizeof(Element); ++byte) in[byte] = planes[byte];
    for (std::size_t i = 0; i < count; ++i) {
      Element folded = 0;
      for (std::size_t byte = 0; byte < sizeof(Element); ++byte)
        folded = static_cast<Element>(folded | Element{in[byte][i]} << 8 * byte);
      const Element negative = folded & 1;
      const auto spread = static_cast<Element>(-negative);
      // 1 is the one number that its negative equals: the top bit alone.
      const auto top = static_cast<Element>(Element{folded == 1} << (kBits - 1));
      const auto magnitude = static_cast<Element>(folded >> 1 | top);
      const auto step = static_cast<Element>((magnitude ^ spread) + negative);
      store(ordered(static_cast<Element>(ordered(load<Element>(base, i)) + step)), out, i);
    }
  }

  // Floating-point numbers in the order of their values, as two's complement; its own inverse.
  template <class Element>
  static Element ordered(Element bits) {
    constexpr unsigned kBits = 8 * sizeof(Element);
    const auto negative = static_cast<Element>(bits >> (kBits - 1));
    const auto spread = static_cast<Element>(-negative);
    return static_cast<Element>(bits ^ (static_cast<Element>(spread) >> 1));
  }

  template <class Element>
  static Element load(const Byte* at, std::size_t i) {
    Element element;
    std::memcpy(&element, at + i * sizeof element, sizeof element);
    return element;
  }
  template <class Element>
  static void store(Element element, Byte* at, std::size_t i) {
    std::memcpy(at + i * sizeof element, &element, sizeof element);
  }
};

}  // namespace granary::codec
