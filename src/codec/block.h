// How a block of a xorb is coded at rest: the table of codecs, and the choice among them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/codec_id.h"
#include "codec/kernels.h"
#include "codec/quant_format.h"
#include "codec/scratch.h"

namespace granary::codec {

/// Errors: Corrupt for a number that is in no table of this version.
Result<CodecId> parse_codec(std::uint8_t number);
std::string_view name_of(CodecId codec);

/// A block as it goes to disk.
struct CodedBlock {
  CodecId codec;
  ByteView bytes;
};

/// What the elements of a block are, if its file's header tells.
enum class ElementType : std::uint8_t { Unknown, Bf16, Fp16, Fp32, Fp8, Int8, Quants };

struct ElementHint {
  ElementType type = ElementType::Unknown;
  /// How many leading bytes of the block end an element of the block before.
  std::size_t phase = 0;
  /// Of Quants: what kind of blocks their elements are.
  QuantType quant = QuantType::F32;
};

/// Chooses a codec by `hint`, or else by a look at a sample, and applies it. Coded blocks are
/// smaller by at least least_gain_bytes; all others stay raw. A wrong hint only costs size.
/// `original`: at most limits::kBlockSizeBytes. The result is `original` itself, or lies in
/// `scratch` until its next use. All kernels give the same bytes.
CodedBlock encode_block(const Kernels& kernels, ByteView original, ElementHint hint,
                        Scratch& scratch);

/// Gives back the original bytes; `out` has exactly their size. `coded` may be hostile.
/// Errors: Corrupt, with `out` in any state.
Result<void> decode_block(const Kernels& kernels, CodecId codec, ByteView coded,
                          std::span<std::byte> out, Scratch& scratch);

/// The least that coding must save to be kept: 2 % of the block, at least one byte.
std::size_t least_gain_bytes(std::size_t size_bytes);

}  // namespace granary::codec
