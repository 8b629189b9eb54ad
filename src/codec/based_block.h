// A block of which some runs are coded by bytes that lie in other xorbs: its sections, and where
// those bytes are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/result.h"
#include "codec/codec_id.h"
#include "codec/kernels.h"
#include "codec/scratch.h"

namespace granary::codec {

/// Original bytes of a xorb.
struct BaseStretch {
  XorbHash xorb;
  std::uint32_t offset_bytes = 0;
  std::uint32_t size_bytes = 0;
  bool operator==(const BaseStretch&) const = default;
};

/// A run of a block's original bytes, coded on its own.
struct Section {
  CodecId codec = CodecId::Raw;
  std::size_t size_bytes = 0;  // original
  ByteView coded;
  /// What decoding needs, in order; for a codec that needs_base() only.
  std::vector<BaseStretch> base;
};

inline constexpr std::size_t kSectionCountMax = 64;        // in a block
inline constexpr std::size_t kBaseXorbCountMax = 64;       // of all its sections
inline constexpr std::size_t kBaseStretchCountMax = 4096;  // of all its sections

/// Whether blocks of that codec hold sections, of which one or more need a base.
bool needs_base(CodecId codec);

/// Whether a block may hold these.
bool are_within_limits(std::span<const Section> sections);

/// Appends the sections' coded form. They are_within_limits(). Source: docs/formats/based-block.md.
void put_sections(Bytes& out, std::span<const Section> sections);

/// `coded` may be hostile; `size_bytes` is the block's original size. The sections point into
/// `coded`, and those that need a base have as much of it as they need.
/// Errors: Corrupt.
Result<std::vector<Section>> parse_sections(ByteView coded, std::size_t size_bytes);

/// Fills `out`, of section.size_bytes. `base`: the bytes of section.base, in order.
/// Errors: Corrupt, with `out` in any state.
Result<void> decode_section(const Kernels& kernels, const Section& section, ByteView base,
                            std::span<std::byte> out, Scratch& scratch);

/// The size of all the stretches together.
std::uint64_t size_bytes_of(std::span<const BaseStretch> stretches);

}  // namespace granary::codec
