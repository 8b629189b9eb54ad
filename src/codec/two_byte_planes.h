// Elements of two bytes as two planes, shared by BF16 and FP16.
#pragma once

#include "codec/plane_codecs.h"

namespace granary::codec {

/// `swapped`: the top bits of both bytes change places (as in Kernels).
struct TwoByteLayout {
  bool swapped;
};

std::size_t encode_two_byte_planes(const Kernels& kernels, ByteView original, std::size_t phase,
                                   Scratch& scratch, TwoByteLayout layout);
/// Errors: Corrupt.
Result<void> decode_two_byte_planes(const Kernels& kernels, ByteView coded,
                                    std::span<std::byte> out, Scratch& scratch,
                                    TwoByteLayout layout);

}  // namespace granary::codec
