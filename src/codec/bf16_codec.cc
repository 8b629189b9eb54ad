// The exponent of BF16 lies across its bytes: swapping their top bits gathers it in the high one.
#include "codec/two_byte_planes.h"

namespace granary::codec {

std::size_t encode_bf16(const Kernels& kernels, ByteView original, std::size_t phase,
                        Scratch& scratch) {
  return encode_two_byte_planes(kernels, original, phase, scratch, {.swapped = true});
}

Result<void> decode_bf16(const Kernels& kernels, ByteView coded, std::span<std::byte> out,
                         Scratch& scratch) {
  return decode_two_byte_planes(kernels, coded, out, scratch, {.swapped = true});
}

}  // namespace granary::codec
