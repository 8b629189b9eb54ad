// The code of a bitmap tree: a canonical Huffman code of bytes, and the tree's shape that follows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "codec/histogram.h"

namespace granary::codec {

inline constexpr std::size_t kTreeDepthMax = 15;
inline constexpr std::size_t kTreeSymbolCountMax = 256;
inline constexpr std::size_t kTreeNodeCountMax = kTreeSymbolCountMax - 1;  // with two children each

/// At each depth the leaves come first, from the left, then the nodes. So a symbol's rank, its
/// place in `symbols`, is its leaf's from the left, and the counts of leaves tell the shape.
/// Child `c` of depth d + 1 is leaf c if c < leaves[d + 1], else node c - leaves[d + 1]; node k of
/// depth d has the children 2k and 2k + 1.
struct TreeCode {
  std::size_t depth = 0;  // of the deepest leaves: 1 to 15
  std::array<std::size_t, kTreeDepthMax + 1> leaves{};  // at each depth
  std::array<std::size_t, kTreeDepthMax + 1> nodes{};  // at each depth
  std::array<std::size_t, kTreeDepthMax + 1> ranks{};  // of the first leaf at each depth
  std::size_t symbol_count = 0;
  std::array<std::uint8_t, kTreeSymbolCountMax> symbols{};  // by depth, then by value

  bool is_leaf(std::size_t depth_of_child, std::size_t child) const {
    return child < leaves[depth_of_child];
  }
  /// The least rank among the leaves at or below a child.
  std::size_t first_rank(std::size_t depth_of_child, std::size_t child) const;
  /// The size of a tree's header, in bytes.
  std::size_t header_size_bytes() const { return 1 + depth + symbol_count; }
};

/// A Huffman code no deeper than kTreeDepthMax for the bytes that `histogram` counts: at least two.
TreeCode make_tree_code(const Histogram& histogram);

/// Writes the header that read_tree_code reads: the depth, the count of leaves at each depth from 1
/// on, and the symbols. `out` has room for it.
void write_tree_code(const TreeCode& code, std::uint8_t* out);

/// Takes the header from the front of `coded`.
/// Errors: Corrupt unless the leaves fill the tree and no symbol is there twice or out of order.
Result<TreeCode> take_tree_code(ByteView& coded);

}  // namespace granary::codec
