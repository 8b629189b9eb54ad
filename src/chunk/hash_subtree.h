// What a run of a file's chunks settles of its hash tree, whatever comes before and after.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "chunk/chunk_hash.h"

namespace granary::chunk {

/// At each level some nodes on the left and on the right wait for what lies beyond the run; those
/// between are settled, and stand in the level above as their parents. Source:
/// docs/formats/xet-hashes.md, "Subtrees".
struct HashSubtree {
  std::vector<Chunk> nodes;  // the left ones from the lowest level up, then the right ones down
  std::vector<std::pair<std::size_t, std::size_t>> level_counts;  // left and right, lowest first
  bool at_start = false;  // nothing comes before
  bool at_end = false;
};

HashSubtree hash_subtree(std::vector<Chunk> chunks, bool at_start, bool at_end);

}  // namespace granary::chunk
