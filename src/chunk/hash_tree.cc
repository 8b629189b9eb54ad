// The hash tree: groups of up to nine nodes, cut where a node's hash says so, level by level.
#include "chunk/hash_tree.h"

#include <string>

namespace granary::chunk {
namespace {

constexpr Blake3Key kInternalNodeKey = {1,   126, 197, 199, 165, 71,  41,  150, 253, 148, 102,
                                        102, 180, 138, 2,   230, 93,  221, 83,  111, 55,  199,
                                        109, 210, 248, 99,  82,  230, 74,  83,  113, 63};
constexpr Blake3Key kFileSalt = {};
// A node ends its group when its hash is a multiple of this.
constexpr std::uint64_t kGroupSpacing = 4;

}  // namespace

bool ends_group(const ChunkHash& hash) {
  return load_u64(hash.bytes.data() + 24) % kGroupSpacing == 0;
}

Chunk parent_of(std::span<const Chunk> children) {
  std::string text;
  Chunk parent;
  for (const Chunk& child : children) {
    text += child.hash.to_string() + " : " + std::to_string(child.size_bytes) + '\n';
    parent.size_bytes += child.size_bytes;
  }
  parent.hash = ChunkHash{blake3_keyed(kInternalNodeKey, as_bytes(text))};
  return parent;
}

void HashTree::add(const Chunk& chunk) { add_at(0, chunk); }

void HashTree::add_at(std::size_t height, const Node& node) {
  if (height == levels_.size()) levels_.emplace_back();
  Level& level = levels_[height];
  level.waiting[level.waiting_count++] = node;
  ++level.seen_count;
  const bool cut = level.waiting_count >= kGroupCountMin && ends_group(node.hash);
  if (cut || level.waiting_count == kGroupCountMax) close_group(height);
}

void HashTree::close_group(std::size_t height) {
  Level& level = levels_[height];
  const Node parent = parent_of(std::span(level.waiting).first(level.waiting_count));
  level.waiting_count = 0;
  add_at(height + 1, parent);
}

XorbHash HashTree::finish_xorb() {
  XorbHash root;
  for (std::size_t height = 0; height < levels_.size(); ++height) {
    const Level& level = levels_[height];
    if (level.seen_count == 1)
      root.bytes = level.waiting[0].hash.bytes;
    else if (level.waiting_count > 0)
      close_group(height);
  }
  levels_.clear();
  return root;
}

FileHash HashTree::finish_file() {
  if (levels_.empty()) return {};
  return FileHash{blake3_keyed(kFileSalt, finish_xorb().view())};
}

XorbHash xorb_hash(std::span<const Chunk> chunks) {
  HashTree tree;
  for (const Chunk& chunk : chunks) tree.add(chunk);
  return tree.finish_xorb();
}

FileHash file_hash(std::span<const Chunk> chunks) {
  HashTree tree;
  for (const Chunk& chunk : chunks) tree.add(chunk);
  return tree.finish_file();
}

}  // namespace granary::chunk
