// Shards: what an uploader says its files and xorbs are made of, parsed and not yet believed.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/result.h"

namespace granary::api::xet {

/// A run of a xorb's chunks, [chunk_start, chunk_end), as the next bytes of a file.
struct ShardTerm {
  XorbHash xorb;
  std::uint32_t size_bytes = 0;  // original
  std::uint32_t chunk_start = 0;
  std::uint32_t chunk_end = 0;
  RangeHash range_hash;
  bool operator==(const ShardTerm&) const = default;
};

struct ShardFile {
  FileHash hash;
  std::optional<Sha256> sha256;
  std::vector<ShardTerm> terms;
  bool operator==(const ShardFile&) const = default;
};

struct ShardChunk {
  ChunkHash hash;
  std::uint32_t size_bytes = 0;
  bool operator==(const ShardChunk&) const = default;
};

struct ShardXorb {
  XorbHash hash;
  std::uint32_t size_bytes = 0;  // original
  std::vector<ShardChunk> chunks;
  bool operator==(const ShardXorb&) const = default;
};

struct Shard {
  std::vector<ShardFile> files;
  std::vector<ShardXorb> xorbs;
  bool operator==(const Shard&) const = default;
};

/// Reads an uploaded shard, with or without a footer; what follows the two sections is not looked
/// at. Terms may name xorbs that the shard does not list.
/// Errors: TooLarge over limits::kShardSizeBytesMax; Invalid for a malformed shard, a term of no
/// chunks or no bytes, and a file with terms but without their range hashes.
/// Source: docs/formats/xet-wire.md.
Result<Shard> parse_shard(ByteView bytes);

}  // namespace granary::api::xet
