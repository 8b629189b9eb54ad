// The codec of weights whose base, the tensor they were tuned from, is at hand: only how far each
// number has moved is kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/float_type.h"
#include "codec/kernels.h"
#include "codec/scratch.h"

namespace granary::codec {

/// Of a block and its base. Any value is safe: a wrong one costs size only.
struct DeltaElements {
  FloatType type = FloatType::Bf16;
  /// How many leading bytes end an element that begins in the block before.
  std::size_t phase = 0;

  bool operator==(const DeltaElements&) const = default;
};

/// Codes `original`, limits::kBlockSizeBytes at most, by `base`, which has the same size and whose
/// bytes are those at the same place of the base's tensor. Gives the size written to
/// scratch.coded(), which may exceed the original's by a few bytes. An equal block takes five.
/// Source: docs/formats/delta.md.
std::size_t encode_delta(const Kernels& kernels, ByteView original, ByteView base,
                         const DeltaElements& elements, Scratch& scratch);

/// Fills `out`, the original's size. `coded` and `base` may be hostile.
/// Errors: Corrupt, with `out` in any state; also if `base` has another size than `out`.
Result<void> decode_delta(const Kernels& kernels, ByteView coded, ByteView base,
                          std::span<std::byte> out, Scratch& scratch);

}  // namespace granary::codec
