// The rule by which nodes of the hash tree are grouped, and a group's parent is named.
#pragma once

#include <cstddef>
#include <span>

#include "chunk/chunk_hash.h"

namespace granary::chunk {

// A node that says so ends its group, but never as one of the first two; so does the ninth.
inline constexpr std::size_t kGroupCountMin = 3;
inline constexpr std::size_t kGroupCountMax = 9;

bool ends_group(const ChunkHash& hash);
/// A node, too, is a hash and the bytes below it.
Chunk parent_of(std::span<const Chunk> children);

}  // namespace granary::chunk
