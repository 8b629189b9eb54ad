// The exponent of FP16 ends inside the high byte, of which the whole is coded.
#include "codec/two_byte_planes.h"

namespace granary::codec {

std::size_t encode_fp16(const Kernels& kernels, ByteView original, std::size_t phase,
                        Scratch& scratch) {
  return encode_two_byte_planes(kernels, original, phase, scratch, {.swapped = false});
}

Result<void> decode_fp16(const Kernels& kernels, ByteView coded, std::span<std::byte> out,
                         Scratch& scratch) {
  return decode_two_byte_planes(kernels, coded, out, scratch, {.swapped = false});
}

}  // namespace granary::codec
