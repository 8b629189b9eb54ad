// The inner loops of the plane codecs, as a table of functions for one instruction set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "codec/delta_kernels.h"
#include "codec/quant_kernels.h"

namespace granary::codec {

/// How far beyond their counted bytes the buffers of symbols marked "slack" may be read or written.
inline constexpr std::size_t kKernelSlackBytes = 64;

/// Of a bitmap of `count` bits.
constexpr std::size_t bitmap_size_bytes(std::size_t count) { return (count + 7) / 8; }

/// Every table gives the same bytes. Bit i of a bitmap is bit i % 8 of byte i / 8; bits beyond the
/// count are zero. What is not marked "slack" is read and written for exactly its count.
struct Kernels {
  std::string_view name;
  const QuantKernels* quant;
  const DeltaKernels* delta;

  // Elements of 2 or 4 bytes into one plane for each byte, low byte first, and back. "Swapped": the
  // top bits of the two highest bytes change places, which gathers the exponent of BF16 and FP32 in
  // the highest one.
  void (*split2)(const std::uint8_t* in, std::size_t count, std::uint8_t* low, std::uint8_t* high);
  void (*split2_swapped)(const std::uint8_t* in, std::size_t count, std::uint8_t* low,
                         std::uint8_t* high);
  void (*split4_swapped)(const std::uint8_t* in, std::size_t count, std::uint8_t* const planes[4]);
  void (*join2)(const std::uint8_t* low, const std::uint8_t* high, std::size_t count,
                std::uint8_t* out);
  void (*join2_swapped)(const std::uint8_t* low, const std::uint8_t* high, std::size_t count,
                        std::uint8_t* out);
  void (*join4_swapped)(const std::uint8_t* const planes[4], std::size_t count, std::uint8_t* out);

  // Bytes of which bits 3 to 6 are an exponent: `high` gets these, one a byte; `low` gets the sign
  // (bit 3) and bits 0 to 2, two elements a byte, the first in the low half.
  void (*split_nibbles)(const std::uint8_t* in, std::size_t count, std::uint8_t* low,
                        std::uint8_t* high);
  void (*join_nibbles)(const std::uint8_t* low, const std::uint8_t* high, std::size_t count,
                       std::uint8_t* out);

  /// out[i] = table[symbols[i]]. True if that gave 0xFF anywhere.
  bool (*map)(const std::uint8_t* symbols, std::size_t count, const std::uint8_t table[256],
              std::uint8_t* out);

  // Encoding a node of the tree: bit i says whether ranks[i] >= threshold. `zeros` and `ones` get
  // the ranks below and above, in order (slack). They give how many went to `ones`.
  void (*mark)(const std::uint8_t* ranks, std::size_t count, std::uint8_t threshold,
               std::uint8_t* bitmap);
  std::size_t (*keep)(const std::uint8_t* ranks, std::size_t count, std::uint8_t threshold,
                      std::uint8_t* bitmap, std::uint8_t* ones);
  std::size_t (*part)(const std::uint8_t* ranks, std::size_t count, std::uint8_t threshold,
                      std::uint8_t* bitmap, std::uint8_t* zeros, std::uint8_t* ones);

  // Decoding a node: out[i] is the next of `ones` where bit i is set, else the next of `zeros`, or
  // the one symbol that stands for all of these (both slack).
  std::size_t (*count_ones)(const std::uint8_t* bitmap, std::size_t count);
  void (*choose)(const std::uint8_t* bitmap, std::size_t count, std::uint8_t zero, std::uint8_t one,
                 std::uint8_t* out);
  void (*expand)(const std::uint8_t* bitmap, std::size_t count, std::uint8_t zero,
                 const std::uint8_t* ones, std::uint8_t* out);
  void (*merge)(const std::uint8_t* bitmap, std::size_t count, const std::uint8_t* zeros,
                const std::uint8_t* ones, std::uint8_t* out);

  /// The inverse of `merge`: each of `symbols` goes to the next of `ones` where its bit is set,
  /// else to the next of `zeros` (both slack).
  void (*divide)(const std::uint8_t* bitmap, std::size_t count, const std::uint8_t* symbols,
                 std::uint8_t* zeros, std::uint8_t* ones);

  // `merge` of the high plane and join2 in one pass.
  void (*merge_join2)(const std::uint8_t* bitmap, std::size_t count, const std::uint8_t* zeros,
                      const std::uint8_t* ones, const std::uint8_t* low, std::uint8_t* out);
  void (*merge_join2_swapped)(const std::uint8_t* bitmap, std::size_t count,
                              const std::uint8_t* zeros, const std::uint8_t* ones,
                              const std::uint8_t* low, std::uint8_t* out);
};

/// The table of the functions of `Loops`, which have the names of its entries.
template <class Loops>
constexpr Kernels kernels_of(std::string_view name, const QuantKernels& quant = kScalarQuantKernels,
                             const DeltaKernels& delta = kScalarDeltaKernels) {
  return {.name = name,
          .quant = &quant,
          .delta = &delta,
          .split2 = Loops::template split2<false>,
          .split2_swapped = Loops::template split2<true>,
          .split4_swapped = Loops::split4_swapped,
          .join2 = Loops::template join2<false>,
          .join2_swapped = Loops::template join2<true>,
          .join4_swapped = Loops::join4_swapped,
          .split_nibbles = Loops::split_nibbles,
          .join_nibbles = Loops::join_nibbles,
          .map = Loops::map,
          .mark = Loops::mark,
          .keep = Loops::keep,
          .part = Loops::part,
          .count_ones = Loops::count_ones,
          .choose = Loops::choose,
          .expand = Loops::expand,
          .merge = Loops::merge,
          .divide = Loops::divide,
          .merge_join2 = Loops::template merge_join2<false>,
          .merge_join2_swapped = Loops::template merge_join2<true>};
}

/// The kernels that this CPU can run, the slowest (scalar) first.
std::span<const Kernels* const> all_kernels();
/// The fastest of all_kernels().
const Kernels& best_kernels();
/// One of all_kernels() by name: scalar, avx2, avx512, neon. Null for any other.
const Kernels* find_kernels(std::string_view name);

// One for each instruction set; which of them may run is decided by all_kernels() alone.
extern const Kernels kScalarKernels;
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;
extern const Kernels kNeonKernels;

}  // namespace granary::codec
