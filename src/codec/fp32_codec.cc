// Four planes: FP32 made from BF16 or FP16 has empty ones, which take two bytes each.
#include <array>

#include "codec/element_frame.h"
#include "codec/plane.h"
#include "codec/plane_codecs.h"

namespace granary::codec {
namespace {

constexpr std::size_t kElementSizeBytes = 4;

// Where in `start` four planes of `count` symbols go.
std::array<std::uint8_t*, kElementSizeBytes> place_planes(std::uint8_t* start, std::size_t count) {
  std::array<std::uint8_t*, kElementSizeBytes> planes{};
  for (std::size_t i = 0; i < planes.size(); ++i)
    planes[i] = start + i * (count + kKernelSlackBytes);
  return planes;
}

}  // namespace

std::size_t encode_fp32(const Kernels& kernels, ByteView original, std::size_t phase,
                        Scratch& scratch) {
  const std::span block(reinterpret_cast<const std::uint8_t*>(original.data()), original.size());
  const auto frame = frame_elements(block, kElementSizeBytes, phase);
  auto* const start = reinterpret_cast<std::uint8_t*>(scratch.coded().data());
  std::uint8_t* out = write_frame_start(frame, start);
  const auto planes = place_planes(scratch.planes(), frame.count);
  kernels.split4_swapped(frame.elements, frame.count, planes.data());
  for (const std::uint8_t* plane : planes)
    out += encode_plane(kernels, scratch, {plane, frame.count}, out);
  return static_cast<std::size_t>(write_frame_end(frame, out) - start);
}

Result<void> decode_fp32(const Kernels& kernels, ByteView coded, std::span<std::byte> out,
                         Scratch& scratch) {
  const std::span block(reinterpret_cast<std::uint8_t*>(out.data()), out.size());
  TRY(const auto frame, take_frame_start(coded, block, kElementSizeBytes));
  const auto buffers = place_planes(scratch.planes(), frame.count);
  std::array<const std::uint8_t*, kElementSizeBytes> planes{};
  for (std::size_t i = 0; i < planes.size(); ++i) {
    TRY(planes[i], view_plane(kernels, scratch, coded, {buffers[i], frame.count}));
  }
  kernels.join4_swapped(planes.data(), frame.count, frame.elements);
  return take_frame_end(coded, frame);
}

}  // namespace granary::codec
