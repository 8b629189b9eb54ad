// The low plane is mostly noise: it is split straight into the coded bytes and joined from there.
#include "codec/two_byte_planes.h"

#include "codec/element_frame.h"
#include "codec/plane.h"

namespace granary::codec {

std::size_t encode_two_byte_planes(const Kernels& kernels, ByteView original, std::size_t phase,
                                   Scratch& scratch, TwoByteLayout layout) {
  const std::span block(reinterpret_cast<const std::uint8_t*>(original.data()), original.size());
  const auto frame = frame_elements(block, 2, phase);
  auto* const start = reinterpret_cast<std::uint8_t*>(scratch.coded().data());
  std::uint8_t* out = write_frame_start(frame, start);
  std::uint8_t* const low = out + 1;  // where it stays if it is stored raw
  std::uint8_t* const high = scratch.planes();
  const auto split = layout.swapped ? kernels.split2_swapped : kernels.split2;
  split(frame.elements, frame.count, low, high);
  out += encode_plane(kernels, scratch, {low, frame.count}, out);
  out += encode_plane(kernels, scratch, {high, frame.count}, out);
  return static_cast<std::size_t>(write_frame_end(frame, out) - start);
}

Result<void> decode_two_byte_planes(const Kernels& kernels, ByteView coded,
                                    std::span<std::byte> out, Scratch& scratch,
                                    TwoByteLayout layout) {
  const std::span block(reinterpret_cast<std::uint8_t*>(out.data()), out.size());
  TRY(const auto frame, take_frame_start(coded, block, 2));
  TRY(const auto* low, view_plane(kernels, scratch, coded, {scratch.planes(), frame.count}));
  TRY_DONE(decode_joined_plane(kernels, scratch, coded, {low, frame.count}, layout.swapped,
                               {frame.elements, 2 * frame.count}));
  return take_frame_end(coded, frame);
}

}  // namespace granary::codec
