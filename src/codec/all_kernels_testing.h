// Decoding and round trips by every kernel, which must agree: for tests and fuzz targets.
#pragma once

#include <algorithm>
#include <span>

#include "base/bytes.h"
#include "base/limits.h"
#include "codec/plain_kernels_testing.h"
#include "codec/scratch.h"

namespace granary::codec {

using KernelList = std::span<const Kernels* const>;

/// What a fuzz target runs an input by. The plain kernels, of which each byte takes a call, see one
/// in eight.
inline KernelList kernels_to_fuzz(std::uint8_t choice) {
  static const std::vector<const Kernels*> all = kernels_to_test();
  return choice % 8 == 7 ? KernelList(all) : all_kernels();
}

/// As many bytes as are asked for: those of `bytes`, again and again.
inline Bytes repeated(ByteView bytes, std::size_t size) {
  Bytes result(size);
  for (std::size_t i = 0; i < size && !bytes.empty(); i += bytes.size())
    std::copy_n(bytes.begin(), std::min(bytes.size(), size - i),
                result.begin() + static_cast<std::ptrdiff_t>(i));
  return result;
}

/// The end of a buffer that is made once: sanitizers see what is written beyond it, and a run pays
/// for no allocation. `number`: which of the buffers.
inline std::span<std::byte> buffer_of(std::size_t size, std::size_t number) {
  static Bytes buffers[2] = {Bytes(limits::kBlockSizeBytes), Bytes(limits::kBlockSizeBytes)};
  return std::span(buffers[number]).last(size);
}

/// Do all of `kernels` refuse what the scalar ones refuse, and else give the same bytes?
/// `decode`: Result<void>(const Kernels&, std::span<std::byte> out, Scratch&).
template <class Decode>
[[nodiscard]] bool decode_alike(KernelList kernels, std::size_t out_size, Decode decode) {
  static Scratch scratch;
  const auto expected = buffer_of(out_size, 0);
  const auto out = buffer_of(out_size, 1);
  const bool done = decode(kScalarKernels, expected, scratch).has_value();
  return std::ranges::all_of(kernels, [&](const Kernels* ours) {
    if (ours == &kScalarKernels) return true;
    const bool done_too = decode(*ours, out, scratch).has_value();
    return done_too == done && (!done || std::ranges::equal(out, expected));
  });
}

/// Do all of `kernels` code `original` as the scalar ones do, and give it back?
/// `encode`: ByteView(const Kernels&, Scratch&), which the result may lie in.
template <class Encode, class Decode>
[[nodiscard]] bool round_trip_alike(KernelList kernels, ByteView original, Encode encode,
                                    Decode decode) {
  static Scratch scratch, other, decoding;
  const ByteView expected = encode(kScalarKernels, scratch);
  const auto out = buffer_of(original.size(), 0);
  return std::ranges::all_of(kernels, [&](const Kernels* ours) {
    if (ours != &kScalarKernels && !std::ranges::equal(encode(*ours, other), expected))
      return false;
    std::ranges::fill(out, std::byte{0xA5});
    return decode(*ours, expected, out, decoding).has_value() && std::ranges::equal(out, original);
  });
}

}  // namespace granary::codec
