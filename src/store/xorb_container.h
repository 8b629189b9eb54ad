// The container of a xorb at rest: its tables and trailer, as pure functions over bytes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/limits.h"
#include "base/result.h"
#include "codec/block.h"

namespace granary::store {

/// A chunk's place in the xorb's original bytes: from the end of the one before.
struct XorbChunk {
  ChunkHash hash;
  std::uint32_t end_bytes = 0;
  bool operator==(const XorbChunk&) const = default;
};

/// A block's place in the object. Block i holds the original bytes from i * kBlockSizeBytes.
struct XorbBlock {
  std::uint32_t offset_bytes = 0;
  std::uint32_t coded_size_bytes = 0;
  codec::CodecId codec = codec::CodecId::Raw;
  std::uint64_t checksum = 0;  // codec::block_checksum of the coded bytes
  bool operator==(const XorbBlock&) const = default;
};

struct XorbTrailer {
  XorbHash hash;
  std::uint64_t size_bytes = 0;        // original
  std::uint64_t coded_size_bytes = 0;  // of all blocks: where the chunk table begins
  std::uint32_t chunk_count = 0;
  std::uint32_t block_count = 0;
  std::uint64_t chunk_table_checksum = 0;
  std::uint64_t block_table_checksum = 0;
  bool operator==(const XorbTrailer&) const = default;
};

// Source: docs/formats/xorb-at-rest.md, as for all below.
inline constexpr std::size_t kXorbChunkEntrySizeBytes = 36;
inline constexpr std::size_t kXorbBlockEntrySizeBytes = 24;
inline constexpr std::size_t kXorbTrailerSizeBytes = 96;

/// Original bytes of block `index`: kBlockSizeBytes, but for the last one.
std::size_t block_size_bytes(const XorbTrailer& trailer, std::size_t index);

/// The chunk table, block table and trailer of a xorb, which follow its blocks. Fills in what the
/// trailer says of the tables.
Bytes encode_xorb_end(XorbTrailer& trailer, std::span<const XorbChunk> chunks,
                      std::span<const XorbBlock> blocks);

/// `bytes`: the last kXorbTrailerSizeBytes of an object of `object_size_bytes`.
/// Errors (all): Corrupt for anything that encode_xorb_end does not make.
Result<XorbTrailer> parse_xorb_trailer(ByteView bytes, std::uint64_t object_size_bytes);
Result<std::vector<XorbChunk>> parse_xorb_chunks(const XorbTrailer& trailer, ByteView table);
Result<std::vector<XorbBlock>> parse_xorb_blocks(const XorbTrailer& trailer, ByteView table);

}  // namespace granary::store
