// Hostile deltas with any base: all kernels give the same. Any pair of blocks: it comes back.
#include <algorithm>

#include "codec/delta.h"
#include "codec/plain_kernels_testing.h"

using namespace granary;

namespace {

void decode_hostile(ByteView coded, ByteView base) {
  static codec::Scratch scratch;
  Bytes expected(base.size()), out(base.size());
  const auto done = codec::decode_delta(codec::kScalarKernels, coded, base, expected, scratch);
  for (const codec::Kernels* kernels : codec::kernels_to_test()) {
    const auto other = codec::decode_delta(*kernels, coded, base, out, scratch);
    GRANARY_ASSERT(other.has_value() == done.has_value());
    GRANARY_ASSERT(!done || out == expected);
  }
}

void round_trip(ByteView original, ByteView base, const codec::DeltaElements& elements) {
  static codec::Scratch scratch, other, decoding;
  const std::size_t size =
      codec::encode_delta(codec::kScalarKernels, original, base, elements, scratch);
  const ByteView expected = ByteView(scratch.coded()).first(size);
  Bytes out(original.size());
  for (const codec::Kernels* kernels : codec::kernels_to_test()) {
    const std::size_t same = codec::encode_delta(*kernels, original, base, elements, other);
    GRANARY_ASSERT(std::ranges::equal(ByteView(other.coded()).first(same), expected));
    GRANARY_ASSERT(codec::decode_delta(*kernels, expected, base, out, decoding));
    GRANARY_ASSERT(std::ranges::equal(out, original));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader input({reinterpret_cast<const std::byte*>(data), size});
  const auto choice = input.u8();
  const auto length = input.u16();
  if (!choice || !length) return 0;
  const auto base = input.take(std::min<std::size_t>(*length % 4096, input.remaining()));
  const ByteView rest = *input.take(input.remaining());
  if (*choice % 2 == 0) {
    decode_hostile(rest, *base);
  } else {
    const std::size_t common = std::min(rest.size(), base->size());
    round_trip(rest.first(common), base->first(common),
               {static_cast<codec::FloatType>(*choice / 2 % 3), *choice / 8U % 4});
  }
  return 0;
}
