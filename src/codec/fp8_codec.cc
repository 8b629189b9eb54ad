// E4M3: the four bits of the exponent are coded, the other four stored two elements a byte. Trees
// over whole bytes would be deeper, for bits that are nearly noise.
#include "codec/element_frame.h"
#include "codec/plane.h"
#include "codec/plane_codecs.h"

namespace granary::codec {

std::size_t encode_fp8(const Kernels& kernels, ByteView original, std::size_t phase,
                       Scratch& scratch) {
  const std::span block(reinterpret_cast<const std::uint8_t*>(original.data()), original.size());
  const auto frame = frame_elements(block, 1, phase);
  auto* const start = reinterpret_cast<std::uint8_t*>(scratch.coded().data());
  std::uint8_t* out = write_frame_start(frame, start);
  const std::size_t low_count = (frame.count + 1) / 2;
  std::uint8_t* const low = out + 1;  // where it stays if it is stored raw
  std::uint8_t* const high = scratch.planes();
  kernels.split_nibbles(frame.elements, frame.count, low, high);
  out += encode_plane(kernels, scratch, {low, low_count}, out);
  out += encode_plane(kernels, scratch, {high, frame.count}, out);
  return static_cast<std::size_t>(write_frame_end(frame, out) - start);
}

Result<void> decode_fp8(const Kernels& kernels, ByteView coded, std::span<std::byte> out,
                        Scratch& scratch) {
  const std::span block(reinterpret_cast<std::uint8_t*>(out.data()), out.size());
  TRY(const auto frame, take_frame_start(coded, block, 1));
  const std::size_t low_count = (frame.count + 1) / 2;
  std::uint8_t* const low_buffer = scratch.planes() + frame.count + kKernelSlackBytes;
  TRY(const auto* low, view_plane(kernels, scratch, coded, {low_buffer, low_count}));
  TRY(const auto* high, view_plane(kernels, scratch, coded, {scratch.planes(), frame.count}));
  if (frame.count % 2 != 0 && low[low_count - 1] >> 4 != 0)
    return fail(ErrorKind::Corrupt, "bits beyond the last element");
  kernels.join_nibbles(low, high, frame.count, frame.elements);
  return take_frame_end(coded, frame);
}

}  // namespace granary::codec
