// The frame's bytes are stored as they are.
#include "codec/element_frame.h"

#include <algorithm>
#include <cstring>

namespace granary::codec {

std::uint8_t* write_frame_start(const ElementFrame<const std::uint8_t>& frame, std::uint8_t* out) {
  *out++ = static_cast<std::uint8_t>(frame.lead.size());
  return std::ranges::copy(frame.lead, out).out;
}

std::uint8_t* write_frame_end(const ElementFrame<const std::uint8_t>& frame, std::uint8_t* out) {
  return std::ranges::copy(frame.tail, out).out;
}

Result<ElementFrame<std::uint8_t>> take_frame_start(ByteView& coded, std::span<std::uint8_t> block,
                                                    std::size_t element_size_bytes) {
  ByteReader reader(coded);
  const auto phase = reader.u8();
  if (!phase || *phase >= element_size_bytes || *phase > block.size())
    return fail(ErrorKind::Corrupt, "elements of no valid phase");
  const auto lead = reader.take(*phase);
  if (!lead) return fail(ErrorKind::Corrupt, "a block's first bytes are cut short");
  const auto frame = frame_elements(block, element_size_bytes, *phase);
  std::ranges::copy(*lead, std::as_writable_bytes(frame.lead).begin());
  coded = coded.subspan(reader.offset_bytes());
  return frame;
}

Result<void> take_frame_end(ByteView coded, const ElementFrame<std::uint8_t>& frame) {
  if (coded.size() != frame.tail.size())
    return fail(ErrorKind::Corrupt, "a block of planes of another size");
  std::ranges::copy(coded, std::as_writable_bytes(frame.tail).begin());
  return {};
}

}  // namespace granary::codec
