// Padding and zeroed tensors: the byte is all there is to store.
#include <algorithm>
#include <cstring>

#include "codec/plane_codecs.h"

namespace granary::codec {

std::size_t encode_constant(ByteView original, Scratch& scratch) {
  if (original.empty() ||
      std::memcmp(original.data(), original.data() + 1, original.size() - 1) != 0)
    return 0;
  scratch.coded()[0] = original.front();
  return 1;
}

Result<void> decode_constant(const Kernels&, ByteView coded, std::span<std::byte> out, Scratch&) {
  if (coded.size() != 1) return fail(ErrorKind::Corrupt, "a constant block is one byte");
  std::ranges::fill(out, coded.front());
  return {};
}

}  // namespace granary::codec
