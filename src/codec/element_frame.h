// What all codecs of elements have around their planes: the bytes before and after whole elements.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"

namespace granary::codec {

/// A block of which some leading bytes end an element that begins in the block before, and some
/// trailing ones begin an element that ends in the next.
template <class Byte>
struct ElementFrame {
  std::span<Byte> lead;  // shorter than an element
  Byte* elements = nullptr;
  std::size_t count = 0;
  std::span<Byte> tail;  // shorter than an element
};

/// `phase`: the size of the lead. One as long as an element, or as the block, counts as 0.
template <class Byte>
ElementFrame<Byte> frame_elements(std::span<Byte> block, std::size_t element_size_bytes,
                                  std::size_t phase) {
  if (phase >= element_size_bytes || phase > block.size()) phase = 0;
  const std::size_t count = (block.size() - phase) / element_size_bytes;
  return {.lead = block.first(phase),
          .elements = block.data() + phase,
          .count = count,
          .tail = block.subspan(phase + count * element_size_bytes)};
}

/// Writes the phase and the lead to `out`; gives where the planes go.
std::uint8_t* write_frame_start(const ElementFrame<const std::uint8_t>& frame, std::uint8_t* out);
/// Writes the tail to `out`; gives where that ends.
std::uint8_t* write_frame_end(const ElementFrame<const std::uint8_t>& frame, std::uint8_t* out);

/// Takes the phase and the lead from the front of `coded` into the block.
/// Errors: Corrupt if the phase does not fit the element or the block.
Result<ElementFrame<std::uint8_t>> take_frame_start(ByteView& coded, std::span<std::uint8_t> block,
                                                    std::size_t element_size_bytes);
/// Takes the tail; nothing may follow. Errors: Corrupt.
Result<void> take_frame_end(ByteView coded, const ElementFrame<std::uint8_t>& frame);

}  // namespace granary::codec
