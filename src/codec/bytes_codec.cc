// The whole block is one plane.
#include "codec/plane.h"
#include "codec/plane_codecs.h"

namespace granary::codec {

std::size_t encode_bytes(const Kernels& kernels, ByteView original, std::size_t, Scratch& scratch) {
  auto* const out = reinterpret_cast<std::uint8_t*>(scratch.coded().data());
  return encode_plane(kernels, scratch,
                      {reinterpret_cast<const std::uint8_t*>(original.data()), original.size()},
                      out);
}

Result<void> decode_bytes(const Kernels& kernels, ByteView coded, std::span<std::byte> out,
                          Scratch& scratch) {
  const std::span block(reinterpret_cast<std::uint8_t*>(out.data()), out.size());
  TRY_DONE(decode_plane(kernels, scratch, coded, block));
  if (!coded.empty()) return fail(ErrorKind::Corrupt, "bytes after a plane");
  return {};
}

}  // namespace granary::codec
