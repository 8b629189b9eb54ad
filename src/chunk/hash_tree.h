// The hash tree over a list of chunks: it names xorbs and files.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/digest.h"
#include "chunk/chunk_hash.h"
#include "chunk/hash_node.h"

namespace granary::chunk {

/// Grows the tree as chunks come, in memory that depends on its height only: a few KiB, however
/// long the file. One tree gives either a xorb's or a file's name. Source:
/// docs/formats/xet-hashes.md.
class HashTree {
 public:
  void add(const Chunk& chunk);

  /// The name of a xorb that holds these chunks; zero if there are none. The tree starts afresh.
  XorbHash finish_xorb();

  /// The name of a file made of these chunks; zero if there are none. The tree starts afresh.
  FileHash finish_file();

 private:
  using Node = Chunk;
  struct Level {
    std::array<Node, kGroupCountMax> waiting;
    std::size_t waiting_count = 0;
    std::uint64_t seen_count = 0;
  };

  void add_at(std::size_t height, const Node& node);
  void close_group(std::size_t height);

  std::vector<Level> levels_;
};

XorbHash xorb_hash(std::span<const Chunk> chunks);
FileHash file_hash(std::span<const Chunk> chunks);

}  // namespace granary::chunk
