// Xorbs as clients send them: chunks within bounds, and the same however the body is cut.
#include "api/xet/xorb_decoder.h"
#include "base/limits.h"

using namespace granary;

namespace {

/// The chunks, one after another, and whether the body was taken to its end.
std::pair<Bytes, bool> decode(ByteView body, std::size_t piece_size) {
  api::xet::XorbDecoder decoder;
  Bytes original;
  const auto sink = [&](ByteView chunk) -> Result<void> {
    GRANARY_ASSERT(!chunk.empty() && chunk.size() <= limits::kChunkSizeBytesMax);
    put_bytes(original, chunk);
    return {};
  };
  while (!body.empty()) {
    const ByteView piece = body.first(std::min(body.size(), piece_size));
    if (!decoder.write(piece, sink)) return {original, false};
    body = body.subspan(piece.size());
  }
  GRANARY_ASSERT(original.size() <= decoder.size_bytes());
  return {original, decoder.finish().has_value()};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView body(reinterpret_cast<const std::byte*>(data + 1), size - 1);
  GRANARY_ASSERT(decode(body, SIZE_MAX) == decode(body, std::size_t{data[0]} + 1));
  return 0;
}
