// Coded blocks of any codec and size: decoding gives bytes or Corrupt, never a fault.
#include "codec/block.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static codec::Scratch scratch;
  ByteReader input({reinterpret_cast<const std::byte*>(data), size});
  const auto codec = input.u8();
  const auto out_size = input.u16();
  if (!codec || !out_size) return 0;
  Bytes out(*out_size);
  (void)codec::decode_block(codec::best_kernels(), static_cast<codec::CodecId>(*codec),
                            *input.take(input.remaining()), out, scratch);
  return 0;
}
