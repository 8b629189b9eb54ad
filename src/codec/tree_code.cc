// Building the code by merging the two rarest, again and again, and checking one that was read.
#include "codec/tree_code.h"

#include <algorithm>
#include <bitset>

namespace granary::codec {
namespace {

using Depths = std::array<std::size_t, kTreeSymbolCountMax>;

struct Weight {
  std::uint64_t count;
  std::size_t parent;
};

// The depths of the leaves of a Huffman tree over `counts`, ascending: two queues, of leaves and of
// merged nodes, both ascending. Gives the greatest.
std::size_t find_depths(std::span<const std::uint32_t> counts, Depths& depths) {
  std::array<Weight, 2 * kTreeSymbolCountMax> weights{};
  const std::size_t leaf_count = counts.size();
  for (std::size_t i = 0; i < leaf_count; ++i) weights[i].count = counts[i];
  std::size_t next_leaf = 0;
  std::size_t next_node = leaf_count;
  const std::size_t root = 2 * leaf_count - 2;
  for (std::size_t node = leaf_count; node <= root; ++node) {
    for (int child = 0; child < 2; ++child) {
      const bool leaf = next_leaf < leaf_count &&
                        (next_node == node || weights[next_leaf].count <= weights[next_node].count);
      Weight& least = weights[leaf ? next_leaf++ : next_node++];
      least.parent = node;
      weights[node].count += least.count;
    }
  }
  std::array<std::size_t, 2 * kTreeSymbolCountMax> depth_of{};
  for (std::size_t i = root; i-- > 0;) depth_of[i] = depth_of[weights[i].parent] + 1;
  std::copy_n(depth_of.begin(), leaf_count, depths.begin());
  return *std::max_element(depth_of.begin(),
                           depth_of.begin() + static_cast<std::ptrdiff_t>(leaf_count));
}

// Fills what follows from depth and leaves. False unless these fill a tree.
bool complete_shape(TreeCode& code) {
  code.nodes[0] = 1;
  std::size_t rank = 0;
  for (std::size_t depth = 1; depth <= code.depth; ++depth) {
    const std::size_t children = 2 * code.nodes[depth - 1];
    if (code.leaves[depth] > children) return false;
    code.nodes[depth] = children - code.leaves[depth];
    code.ranks[depth] = rank;
    rank += code.leaves[depth];
    if (rank + code.nodes[depth] > kTreeSymbolCountMax) return false;
    if ((code.nodes[depth] == 0) != (depth == code.depth)) return false;
  }
  code.symbol_count = rank;
  return true;
}

}  // namespace

std::size_t TreeCode::first_rank(std::size_t depth_of_child, std::size_t child) const {
  while (!is_leaf(depth_of_child, child)) {
    child = 2 * (child - leaves[depth_of_child]);
    ++depth_of_child;
  }
  return ranks[depth_of_child] + child;
}

TreeCode make_tree_code(const Histogram& histogram) {
  std::array<std::uint8_t, kTreeSymbolCountMax> rarest{};  // symbols by count, then by value
  std::size_t symbol_count = 0;
  for (std::size_t symbol = 0; symbol < histogram.size(); ++symbol)
    if (histogram[symbol] > 0) rarest[symbol_count++] = static_cast<std::uint8_t>(symbol);
  GRANARY_ASSERT(symbol_count >= 2);
  const auto end = rarest.begin() + static_cast<std::ptrdiff_t>(symbol_count);
  std::sort(rarest.begin(), end, [&](std::uint8_t a, std::uint8_t b) {
    return histogram[a] != histogram[b] ? histogram[a] < histogram[b] : a < b;
  });
  std::array<std::uint32_t, kTreeSymbolCountMax> counts{};
  for (std::size_t i = 0; i < symbol_count; ++i) counts[i] = histogram[rarest[i]];

  TreeCode code;
  Depths depths{};
  // Halving the counts brings them nearer to each other, which makes the tree shallower.
  while ((code.depth = find_depths(std::span(counts).first(symbol_count), depths)) > kTreeDepthMax)
    for (std::uint32_t& count : counts) count = (count + 1) / 2;
  std::array<std::uint8_t, kTreeSymbolCountMax> depth_of_symbol{};
  for (std::size_t i = 0; i < symbol_count; ++i) {
    depth_of_symbol[rarest[i]] = static_cast<std::uint8_t>(depths[i]);
    ++code.leaves[depths[i]];
  }
  GRANARY_ASSERT(complete_shape(code));
  std::array<std::size_t, kTreeDepthMax + 1> next = code.ranks;
  for (std::size_t symbol = 0; symbol < histogram.size(); ++symbol)
    if (histogram[symbol] > 0)
      code.symbols[next[depth_of_symbol[symbol]]++] = static_cast<std::uint8_t>(symbol);
  return code;
}

void write_tree_code(const TreeCode& code, std::uint8_t* out) {
  *out++ = static_cast<std::uint8_t>(code.depth);
  for (std::size_t depth = 1; depth <= code.depth; ++depth)
    *out++ = static_cast<std::uint8_t>(code.leaves[depth]);
  std::copy_n(code.symbols.begin(), code.symbol_count, out);
}

Result<TreeCode> take_tree_code(ByteView& coded) {
  const auto corrupt = [](const char* what) { return fail(ErrorKind::Corrupt, what); };
  ByteReader reader(coded);
  TreeCode code;
  const auto depth = reader.u8();
  if (!depth || *depth == 0 || *depth > kTreeDepthMax) return corrupt("a tree of no valid depth");
  code.depth = *depth;
  for (std::size_t level = 1; level <= code.depth; ++level) {
    const auto leaves = reader.u8();
    if (!leaves) return corrupt("a tree's shape is cut short");
    code.leaves[level] = *leaves;
  }
  if (!complete_shape(code)) return corrupt("leaves that make no tree");
  const auto symbols = reader.take(code.symbol_count);
  if (!symbols) return corrupt("a tree's symbols are cut short");
  std::bitset<kTreeSymbolCountMax> seen;
  for (std::size_t level = 1; level <= code.depth; ++level) {
    for (std::size_t i = 0; i < code.leaves[level]; ++i) {
      const std::size_t rank = code.ranks[level] + i;
      const auto symbol = static_cast<std::uint8_t>((*symbols)[rank]);
      if (seen[symbol]) return corrupt("a symbol is in a tree twice");
      if (i > 0 && symbol < code.symbols[rank - 1]) return corrupt("a tree's symbols in disorder");
      seen.set(symbol);
      code.symbols[rank] = symbol;
    }
  }
  coded = coded.subspan(reader.offset_bytes());
  return code;
}

}  // namespace granary::codec
