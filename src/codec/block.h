// How a block of a xorb is coded at rest: the table of codecs, and the choice among them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace granary::codec {

/// Stored as one byte per block, so a number is never given a second meaning.
/// Source: docs/formats/block-codecs.md.
enum class CodecId : std::uint8_t { Raw = 0, Zstd = 1 };

/// Errors: Corrupt for a number that is in no table of this version.
Result<CodecId> parse_codec(std::uint8_t number);
std::string_view name_of(CodecId codec);

/// A block as it goes to disk.
struct CodedBlock {
  CodecId codec;
  ByteView bytes;
};

/// Chooses a codec by a cheap look at `original` and applies it. Coded blocks are smaller by at
/// least 2 %; all others stay raw, among them model weights, which a general codec makes slow to
/// read. `original`: at most limits::kBlockSizeBytes. The result is `original` itself, or lies in
/// `scratch`.
CodedBlock encode_block(ByteView original, Bytes& scratch);

/// Gives back the original bytes; `out` has exactly their size. `coded` may be hostile.
/// Errors: Corrupt, with `out` in any state.
Result<void> decode_block(CodecId codec, ByteView coded, std::span<std::byte> out);

}  // namespace granary::codec
