// Any bytes with any hint: all kernels code them alike, and they come back.
#include <algorithm>

#include "codec/block.h"
#include "codec/plain_kernels_testing.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static codec::Scratch scratch, other, decoding;
  ByteReader input({reinterpret_cast<const std::byte*>(data), size});
  const auto type = input.u8();
  const auto phase = input.u8();
  const auto repeat = input.u8();  // makes inputs long enough for coding to pay
  if (!type || !phase || !repeat) return 0;
  const ByteView part = *input.take(input.remaining());
  Bytes original(part.begin(), part.end());
  for (int i = 0; i < *repeat % 4; ++i) put_bytes(original, part);
  constexpr std::size_t kSizeBytesMax = 8192;  // samples begin at 4096
  original.resize(std::min(original.size(), kSizeBytesMax));
  const codec::ElementHint hint{static_cast<codec::ElementType>(*type % 6), *phase};
  const auto expected = codec::encode_block(codec::kScalarKernels, original, hint, scratch);
  Bytes out(original.size());
  for (const codec::Kernels* kernels : codec::kernels_to_test()) {
    const auto coded = codec::encode_block(*kernels, original, hint, other);
    GRANARY_ASSERT(coded.codec == expected.codec);
    GRANARY_ASSERT(std::ranges::equal(coded.bytes, expected.bytes));
    GRANARY_ASSERT(codec::decode_block(*kernels, coded.codec, coded.bytes, out, decoding));
    GRANARY_ASSERT(out == original);
  }
  return 0;
}
