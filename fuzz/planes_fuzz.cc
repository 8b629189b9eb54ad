// Hostile coded planes: all kernels refuse the same ones and give the same bytes for the others.
#include "codec/block.h"
#include "codec/plain_kernels_testing.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static codec::Scratch scratch;
  ByteReader input({reinterpret_cast<const std::byte*>(data), size});
  const auto number = input.u8();
  const auto out_size = input.u16();
  if (!number || !out_size) return 0;
  const auto id = static_cast<codec::CodecId>(2 + *number % 6);
  const ByteView coded = *input.take(input.remaining());
  Bytes reference(*out_size), out(*out_size);
  const auto expected = codec::decode_block(codec::kScalarKernels, id, coded, reference, scratch);
  for (const codec::Kernels* kernels : codec::kernels_to_test()) {
    const auto done = codec::decode_block(*kernels, id, coded, out, scratch);
    GRANARY_ASSERT(done.has_value() == expected.has_value());
    GRANARY_ASSERT(!done || out == reference);
  }
  return 0;
}
