// The numbers of the block codecs, as they are stored.
#pragma once

#include <cstdint>

namespace granary::codec {

/// Stored as one byte per block, so a number is never given a second meaning.
/// Source: docs/formats/block-codecs.md.
enum class CodecId : std::uint8_t {
  Raw = 0,
  Zstd = 1,
  Constant = 2,
  Bf16 = 3,
  Fp16 = 4,
  Fp32 = 5,
  Fp8 = 6,
  Bytes = 7,
  Delta = 8,
  GgufFields = 9,
  GgufParent = 10,
};

}  // namespace granary::codec
