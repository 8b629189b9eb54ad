// The codec of GGUF blocks whose parent, the tensor they were made of, is at hand: what the parent
// foretells is left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/float_type.h"
#include "codec/kernels.h"
#include "codec/quant_format.h"
#include "codec/scratch.h"

namespace granary::codec {

/// How a block of the store relates to its parent. Any value is safe: a wrong one costs size only.
struct GgufParent {
  QuantType quant = QuantType::F32;
  FloatType parent = FloatType::Bf16;
  /// The quantiser was fed an FP16 file made of the parent.
  bool via_half = false;
  /// How many leading bytes of the block end a quantised block that begins before.
  std::size_t phase = 0;

  bool operator==(const GgufParent&) const = default;
};

/// The weights of the whole quantised blocks among `size_bytes` of a block of the store: how many,
/// and the size of the parent's bytes for them.
std::size_t parent_weight_count(const GgufParent& relation, std::size_t size_bytes);
std::size_t parent_size_bytes(const GgufParent& relation, std::size_t size_bytes);

/// Codes `original`, limits::kBlockSizeBytes at most, by `parent`: exactly the parent_size_bytes()
/// of these weights, in their order. Gives the size written to scratch.coded(), which may exceed
/// the original's by 3 %. Source: docs/formats/gguf-parent.md.
std::size_t encode_gguf_parent(const Kernels& kernels, ByteView original, ByteView parent,
                               const GgufParent& relation, Scratch& scratch);

/// What decoding will need, from the first bytes of `coded`. `size_bytes`: of the original.
/// Errors: Corrupt.
Result<GgufParent> read_gguf_parent(ByteView coded, std::size_t size_bytes);

/// Fills `out`, the original's size. `coded` and `parent` may be hostile.
/// Errors: Corrupt, with `out` in any state; also if `parent` has another size than
/// parent_size_bytes() of what read_gguf_parent() gives.
Result<void> decode_gguf_parent(const Kernels& kernels, ByteView coded, ByteView parent,
                                std::span<std::byte> out, Scratch& scratch);

}  // namespace granary::codec
