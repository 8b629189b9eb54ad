// The elements of a base, by how large their exponents are.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/limits.h"
#include "codec/delta_kernels.h"
#include "codec/float_type.h"
#include "codec/kernels.h"
#include "codec/scratch.h"

namespace granary::codec {

/// Class 0 has the exponents from `top` on, each further class the next one below, and the last one
/// all the rest. Lives in the spare bytes of a scratch, which nothing else may use meanwhile.
class ExponentClasses {
 public:
  /// Of `count` elements at `base`: their bytes together are limits::kBlockSizeBytes at most. Uses
  /// ranks and levels of `scratch` as well, until it returns.
  ExponentClasses(const Kernels& kernels, Scratch& scratch, FloatType type, unsigned top,
                  const std::uint8_t* base, std::size_t count);

  /// The `top` that parts this base well.
  static unsigned choose_top(FloatType type, const std::uint8_t* base, std::size_t count);

  std::size_t size(std::size_t number) const { return sizes_[number]; }

  /// Symbols of all elements, in order, into `parted`, class after class, and back (both with
  /// slack). Both use ranks and levels of the scratch.
  void part(const Kernels& kernels, const std::uint8_t* symbols, std::uint8_t* parted) const;
  void gather(const Kernels& kernels, const std::uint8_t* parted, std::uint8_t* symbols) const;

  /// What gather() gives, some at a time, so that all need not have a place.
  class Gathering {
   public:
    /// The next `count`: a multiple of eight, but for the last ones.
    void next(const Kernels& kernels, std::size_t count, std::uint8_t* symbols);

   private:
    friend ExponentClasses;
    const std::uint8_t* bitmap_ = nullptr;
    const std::uint8_t* zeros_ = nullptr;
    const std::uint8_t* ones_ = nullptr;
  };
  /// Reads `parted` and ranks and levels of the scratch to the end.
  Gathering start_gathering(const Kernels& kernels, const std::uint8_t* parted) const;

 private:
  // The classes are parted one after the other: bitmap i tells, of the elements in no class below
  // i, which are in none below i + 1 either.
  static constexpr std::size_t kBitmapCount = kDeltaClassCount - 1;

  std::uint8_t* turn(std::size_t i) const {
    return i % 2 == 0 ? scratch_.ranks() : scratch_.level(0, 0);
  }

  Scratch& scratch_;
  std::array<const std::uint8_t*, kBitmapCount> bitmaps_{};
  std::array<std::size_t, kDeltaClassCount> sizes_{};
  std::array<std::size_t, kDeltaClassCount> counts_{};  // in no class below
};

}  // namespace granary::codec
