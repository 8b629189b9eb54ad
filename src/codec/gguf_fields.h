// The codec of GGUF's quantised blocks of which no parent is known: the bytes of each field of all
// blocks are a plane.
#pragma once

#include <cstddef>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/kernels.h"
#include "codec/quant_format.h"
#include "codec/scratch.h"

namespace granary::codec {

/// Codes `original`, limits::kBlockSizeBytes at most, as blocks of `type`. `phase`: how many
/// leading bytes end a quantised block that begins before. Gives the size written to
/// scratch.coded(), which may exceed the original's; 0 for F32, F16 and BF16, without fields.
/// Source: docs/formats/gguf-fields.md.
std::size_t encode_gguf_fields(const Kernels& kernels, ByteView original, QuantType type,
                               std::size_t phase, Scratch& scratch);

/// Fills `out`, the original's size. `coded` may be hostile. Errors: Corrupt, with `out` in any
/// state.
Result<void> decode_gguf_fields(const Kernels& kernels, ByteView coded, std::span<std::byte> out,
                                Scratch& scratch);

}  // namespace granary::codec
