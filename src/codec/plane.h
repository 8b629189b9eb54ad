// A plane: the symbols of one kind of a block (say, all exponents), each a byte, stored raw, as one
// byte repeated, or as a bitmap tree, whichever takes least.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/kernels.h"
#include "codec/scratch.h"

namespace granary::codec {

/// The most that encode_plane writes for `count` symbols.
constexpr std::size_t plane_size_bytes_max(std::size_t count) { return count == 0 ? 0 : count + 1; }

/// When a tree is worth its levels' time, and how well it fits.
struct TreeChoice {
  /// Of a sample's entropy, 65536ths of a bit. By default a tree must save 3 %.
  std::uint64_t entropy_q16_max = (std::uint64_t{8} << 16) * 97 / 100;
  /// The tree is made for one in so many symbols.
  std::size_t sample_one_in = 16;

  /// Of a tree of `count` symbols, its own table included.
  constexpr std::size_t size_bytes_max(std::size_t count) const {
    return static_cast<std::size_t>(count * entropy_q16_max >> 19);
  }
};

/// Codes `symbols`, limits::kBlockSizeBytes of them at most; gives the size written to `out`, which
/// has room for plane_size_bytes_max. `symbols` may lie at out + 1, where they stay if raw is best.
/// No symbols take no bytes. The coded plane says where it ends. Uses all of `scratch` but coded()
/// and planes(). Source: docs/formats/weight-planes.md.
std::size_t encode_plane(const Kernels& kernels, Scratch& scratch,
                         std::span<const std::uint8_t> symbols, std::uint8_t* out,
                         const TreeChoice& choice = {});

/// Takes a plane of `out.size()` symbols from the front of `coded`. Errors: Corrupt.
Result<void> decode_plane(const Kernels& kernels, Scratch& scratch, ByteView& coded,
                          std::span<std::uint8_t> out);

/// As decode_plane, but leaves raw symbols where they lie: gives either `buffer.data()` or a place
/// in `coded`.
Result<const std::uint8_t*> view_plane(const Kernels& kernels, Scratch& scratch, ByteView& coded,
                                       std::span<std::uint8_t> buffer);

/// Takes the high plane of elements of two bytes from the front of `coded` and joins it with `low`
/// in one pass. out.size() == 2 * low.size(). Errors: Corrupt.
Result<void> decode_joined_plane(const Kernels& kernels, Scratch& scratch, ByteView& coded,
                                 std::span<const std::uint8_t> low, bool swapped,
                                 std::span<std::uint8_t> out);

}  // namespace granary::codec
