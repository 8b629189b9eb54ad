// The bitmap tree: Huffman-coded bytes, laid out as one bitmap for each node of the tree, so that
// whole vectors of symbols are parted and merged at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/kernels.h"
#include "codec/scratch.h"

namespace granary::codec {

/// Codes `symbols`: 1 to limits::kBlockSizeBytes of them, at least two different ones.
/// `sample`: the histogram of all of them or of a sample, which decides how well they are coded.
/// Gives the size written to `out`, or 0 if that is too small. Uses scratch.ranks() and levels.
/// Source: docs/formats/weight-planes.md.
std::size_t encode_tree(const Kernels& kernels, Scratch& scratch,
                        std::span<const std::uint8_t> symbols, const Histogram& sample,
                        std::span<std::uint8_t> out);

/// Takes a tree of `out.size()` symbols from the front of `coded`. Uses the levels of `scratch`.
/// Errors: Corrupt.
Result<void> take_tree(const Kernels& kernels, Scratch& scratch, ByteView& coded,
                       std::span<std::uint8_t> out);

/// As take_tree, of the high bytes of elements of two bytes whose low bytes are `low`:
/// out.size() == 2 * low.size(). `swapped` as in Kernels.
Result<void> take_joined_tree(const Kernels& kernels, Scratch& scratch, ByteView& coded,
                              std::span<const std::uint8_t> low, bool swapped,
                              std::span<std::uint8_t> out);

}  // namespace granary::codec
