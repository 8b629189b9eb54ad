// Hostile blocks with any parent: all kernels give the same. Any block of any parent: it comes
// back.
#include <algorithm>

#include "codec/gguf_parent.h"
#include "codec/plain_kernels_testing.h"

using namespace granary;

namespace {

// As many bytes as are asked for: those of `bytes`, again and again.
Bytes repeated(ByteView bytes, std::size_t size) {
  Bytes result(size);
  for (std::size_t i = 0; i < size && !bytes.empty(); ++i) result[i] = bytes[i % bytes.size()];
  return result;
}

void decode_hostile(ByteView coded, ByteView parent_bytes, std::size_t out_size) {
  static codec::Scratch scratch;
  const auto relation = codec::read_gguf_parent(coded, out_size);
  if (!relation) return;
  const Bytes parent = repeated(parent_bytes, codec::parent_size_bytes(*relation, out_size));
  Bytes expected(out_size), out(out_size);
  const auto done =
      codec::decode_gguf_parent(codec::kScalarKernels, coded, parent, expected, scratch);
  for (const codec::Kernels* kernels : codec::kernels_to_test()) {
    const auto other = codec::decode_gguf_parent(*kernels, coded, parent, out, scratch);
    GRANARY_ASSERT(other.has_value() == done.has_value());
    GRANARY_ASSERT(!done || out == expected);
  }
}

void round_trip(ByteView original, ByteView parent_bytes, const codec::GgufParent& relation) {
  static codec::Scratch scratch, other, decoding;
  const Bytes parent = repeated(parent_bytes, codec::parent_size_bytes(relation, original.size()));
  const std::size_t size =
      codec::encode_gguf_parent(codec::kScalarKernels, original, parent, relation, scratch);
  const ByteView expected = ByteView(scratch.coded()).first(size);
  Bytes out(original.size());
  for (const codec::Kernels* kernels : codec::kernels_to_test()) {
    const std::size_t same = codec::encode_gguf_parent(*kernels, original, parent, relation, other);
    GRANARY_ASSERT(std::ranges::equal(ByteView(other.coded()).first(same), expected));
    GRANARY_ASSERT(codec::decode_gguf_parent(*kernels, expected, parent, out, decoding));
    GRANARY_ASSERT(std::ranges::equal(out, original));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader input({reinterpret_cast<const std::byte*>(data), size});
  const auto choice = input.u8();
  const auto length = input.u16();
  if (!choice || !length) return 0;
  const auto parent = input.take(std::min<std::size_t>(*length % 4096, input.remaining()));
  const ByteView rest = *input.take(input.remaining());
  if (*choice % 2 == 0) {
    decode_hostile(rest, *parent, *length % 3000);
    return 0;
  }
  // The header of a coded block says what relation to try.
  const auto relation = codec::read_gguf_parent(rest, rest.size());
  if (relation) round_trip(rest.subspan(3), *parent, *relation);
  return 0;
}
