// A plane of which most symbols may be zero: then a bitmap says where the others are, and is such a
// plane itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/kernels.h"
#include "codec/plane.h"
#include "codec/scratch.h"

namespace granary::codec {

/// The most that encode_sparse_plane writes for `count` symbols.
constexpr std::size_t sparse_plane_size_bytes_max(std::size_t count) {
  return count == 0 ? 0 : 1 + plane_size_bytes_max(count);
}

/// Codes `symbols`, limits::kBlockSizeBytes of them at most; gives the size written to `out`, which
/// has room for sparse_plane_size_bytes_max and does not overlap `symbols`. No symbols take no
/// bytes. Uses ranks, levels and side of `scratch`. Source: docs/formats/sparse-planes.md.
std::size_t encode_sparse_plane(const Kernels& kernels, Scratch& scratch,
                                std::span<const std::uint8_t> symbols, std::uint8_t* out);

/// Takes a plane of `out.size()` symbols from the front of `coded`. Uses ranks, levels and side of
/// `scratch`. Errors: Corrupt.
Result<void> decode_sparse_plane(const Kernels& kernels, Scratch& scratch, ByteView& coded,
                                 std::span<std::uint8_t> out);

/// Takes a plane of `count` symbols that are all zero, if that is what `coded` starts with.
bool take_zero_plane(ByteView& coded, std::size_t count);

}  // namespace granary::codec
