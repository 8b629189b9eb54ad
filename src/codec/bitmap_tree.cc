// Trees are coded and decoded level by level: what lies below a level's nodes is in one buffer, the
// next level's in another.
#include "codec/bitmap_tree.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "codec/histogram.h"
#include "codec/tree_code.h"

namespace granary::codec {
namespace {

// The symbols below one node while encoding, as ranks.
struct Part {
  const std::uint8_t* ranks;
  std::size_t count;
};
using Parts = std::array<Part, kTreeSymbolCountMax>;

// Writes the bitmaps of a level and parts its symbols for the next one.
struct LevelEncoder {
  const Kernels& kernels;
  const TreeCode& code;
  std::size_t depth;  // of the children
  std::uint8_t* zeros;
  std::uint8_t* ones;
  std::size_t next_count = 0;

  void encode(std::size_t node, Part part, std::uint8_t* bitmap, Parts& next) {
    const std::size_t right = 2 * node + 1;
    const auto threshold = static_cast<std::uint8_t>(code.first_rank(depth, right));
    if (code.is_leaf(depth, right)) {
      kernels.mark(part.ranks, part.count, threshold, bitmap);
      return;
    }
    std::size_t one_count = 0;
    if (code.is_leaf(depth, right - 1)) {
      one_count = kernels.keep(part.ranks, part.count, threshold, bitmap, ones);
    } else {
      one_count = kernels.part(part.ranks, part.count, threshold, bitmap, zeros, ones);
      next[next_count++] = {zeros, part.count - one_count};
      zeros += part.count - one_count + kKernelSlackBytes;
    }
    next[next_count++] = {ones, one_count};
    ones += one_count + kKernelSlackBytes;
  }
};

std::size_t encode_bitmaps(const Kernels& kernels, Scratch& scratch, const TreeCode& code,
                           Part root, std::span<std::uint8_t> out) {
  Parts parts{};
  Parts next{};
  parts[0] = root;
  std::size_t written = 0;
  for (std::size_t depth = 0; depth < code.depth; ++depth) {
    LevelEncoder level{.kernels = kernels,
                       .code = code,
                       .depth = depth + 1,
                       .zeros = scratch.level(depth % 2, 0),
                       .ones = scratch.level(depth % 2, 1)};
    for (std::size_t node = 0; node < code.nodes[depth]; ++node) {
      const std::size_t size_bytes = bitmap_size_bytes(parts[node].count);
      if (size_bytes > out.size() - written) return 0;
      level.encode(node, parts[node], out.data() + written, next);
      written += size_bytes;
    }
    std::swap(parts, next);
  }
  return written;
}

// Maps `symbols` to scratch.ranks(). False if some have none: these are counted into `histogram`.
bool map_to_ranks(const Kernels& kernels, Scratch& scratch, std::span<const std::uint8_t> symbols,
                  const TreeCode& code, Histogram& histogram) {
  constexpr std::uint8_t kNone = 0xFF;
  std::array<std::uint8_t, 256> table{};
  table.fill(kNone);
  for (std::size_t rank = 0; rank < code.symbol_count; ++rank)
    table[code.symbols[rank]] = static_cast<std::uint8_t>(rank);
  std::uint8_t* const ranks = scratch.ranks();
  const bool unknown = kernels.map(symbols.data(), symbols.size(), table.data(), ranks);
  // The 256th symbol has that rank.
  if (!unknown || code.symbol_count == kTreeSymbolCountMax) return true;
  std::uint8_t* const bitmap = scratch.level(0, 0);
  kernels.mark(ranks, symbols.size(), kNone, bitmap);
  const std::size_t size_bytes = bitmap_size_bytes(symbols.size());
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < size_bytes; i += sizeof word) {
    word = 0;
    std::memcpy(&word, bitmap + i, std::min(sizeof word, size_bytes - i));
    for (; word != 0; word &= word - 1)
      ++histogram[symbols[8 * i + static_cast<std::size_t>(std::countr_zero(word))]];
  }
  return false;
}

// A tree that is being decoded: where each node's bitmap lies, and how many symbols are below it.
struct Layout {
  struct Node {
    const std::uint8_t* bitmap;
    std::size_t count;
    std::size_t start;  // of its symbols in its level's buffer
  };
  TreeCode code;
  std::array<Node, kTreeNodeCountMax> nodes;
  std::array<std::size_t, kTreeDepthMax + 1> first_node{};  // of each depth

  Node& node(std::size_t depth, std::size_t index) { return nodes[first_node[depth] + index]; }
};

// Takes a node's bitmap and counts what is below its children.
Result<void> take_node(const Kernels& kernels, ByteView& coded, Layout& layout, std::size_t depth,
                       std::size_t index) {
  Layout::Node& node = layout.node(depth, index);
  const std::size_t size_bytes = bitmap_size_bytes(node.count);
  if (size_bytes > coded.size()) return fail(ErrorKind::Corrupt, "a tree's bitmaps are cut short");
  node.bitmap = reinterpret_cast<const std::uint8_t*>(coded.data());
  coded = coded.subspan(size_bytes);
  if (node.count % 8 != 0 && node.bitmap[size_bytes - 1] >> node.count % 8 != 0)
    return fail(ErrorKind::Corrupt, "bits beyond the end of a bitmap");
  const std::size_t left = 2 * index;
  const std::size_t leaves = layout.code.leaves[depth + 1];
  if (left + 1 < leaves) return {};
  const std::size_t ones = kernels.count_ones(node.bitmap, node.count);
  if (left >= leaves) layout.node(depth + 1, left - leaves).count = node.count - ones;
  layout.node(depth + 1, left + 1 - leaves).count = ones;
  return {};
}

Result<void> take_layout(const Kernels& kernels, ByteView& coded, std::size_t count,
                         Layout& layout) {
  TRY(layout.code, take_tree_code(coded));
  for (std::size_t depth = 0; depth < layout.code.depth; ++depth)
    layout.first_node[depth + 1] = layout.first_node[depth] + layout.code.nodes[depth];
  layout.node(0, 0).count = count;
  for (std::size_t depth = 0; depth < layout.code.depth; ++depth) {
    std::size_t start = 0;
    for (std::size_t index = 0; index < layout.code.nodes[depth]; ++index) {
      TRY_DONE(take_node(kernels, coded, layout, depth, index));
      Layout::Node& node = layout.node(depth, index);
      node.start = start;
      start += node.count + kKernelSlackBytes;
    }
  }
  return {};
}

// The decoded symbols of a child that is a node.
const std::uint8_t* symbols_of(Scratch& scratch, Layout& layout, std::size_t depth,
                               std::size_t child) {
  return scratch.level(depth % 2, 0) + layout.node(depth, child - layout.code.leaves[depth]).start;
}

void decode_node(const Kernels& kernels, Scratch& scratch, Layout& layout, std::size_t depth,
                 std::size_t index, std::uint8_t* out) {
  const TreeCode& code = layout.code;
  const Layout::Node& node = layout.node(depth, index);
  const std::size_t below = depth + 1;
  const std::size_t left = 2 * index;
  const std::size_t right = left + 1;
  const std::uint8_t* leaves = code.symbols.data() + code.ranks[below];
  if (code.is_leaf(below, right)) {
    kernels.choose(node.bitmap, node.count, leaves[left], leaves[right], out);
  } else if (code.is_leaf(below, left)) {
    kernels.expand(node.bitmap, node.count, leaves[left], symbols_of(scratch, layout, below, right),
                   out);
  } else {
    kernels.merge(node.bitmap, node.count, symbols_of(scratch, layout, below, left),
                  symbols_of(scratch, layout, below, right), out);
  }
}

// Decodes all nodes but the root.
void decode_below_root(const Kernels& kernels, Scratch& scratch, Layout& layout) {
  for (std::size_t depth = layout.code.depth - 1; depth > 0; --depth)
    for (std::size_t index = 0; index < layout.code.nodes[depth]; ++index)
      decode_node(kernels, scratch, layout, depth, index,
                  scratch.level(depth % 2, 0) + layout.node(depth, index).start);
}

// The symbols below a child of the root; those of a leaf are written out, side by side 0 or 1.
const std::uint8_t* symbols_below_root(Scratch& scratch, Layout& layout, std::size_t child) {
  if (!layout.code.is_leaf(1, child)) return symbols_of(scratch, layout, 1, child);
  std::uint8_t* symbols = scratch.level(child, 1);
  std::memset(symbols, layout.code.symbols[layout.code.ranks[1] + child],
              layout.node(0, 0).count + kKernelSlackBytes);
  return symbols;
}

}  // namespace

std::size_t encode_tree(const Kernels& kernels, Scratch& scratch,
                        std::span<const std::uint8_t> symbols, const Histogram& sample,
                        std::span<std::uint8_t> out) {
  Histogram histogram = sample;
  TreeCode code = make_tree_code(histogram);
  if (!map_to_ranks(kernels, scratch, symbols, code, histogram)) {
    code = make_tree_code(histogram);
    map_to_ranks(kernels, scratch, symbols, code, histogram);
  }
  const std::size_t header = code.header_size_bytes();
  if (header > out.size()) return 0;
  write_tree_code(code, out.data());
  const std::size_t bitmaps = encode_bitmaps(
      kernels, scratch, code, {scratch.ranks(), symbols.size()}, out.subspan(header));
  return bitmaps == 0 ? 0 : header + bitmaps;
}

Result<void> take_tree(const Kernels& kernels, Scratch& scratch, ByteView& coded,
                       std::span<std::uint8_t> out) {
  Layout layout;
  TRY_DONE(take_layout(kernels, coded, out.size(), layout));
  decode_below_root(kernels, scratch, layout);
  decode_node(kernels, scratch, layout, 0, 0, out.data());
  return {};
}

Result<void> take_joined_tree(const Kernels& kernels, Scratch& scratch, ByteView& coded,
                              std::span<const std::uint8_t> low, bool swapped,
                              std::span<std::uint8_t> out) {
  GRANARY_ASSERT(out.size() == 2 * low.size());
  Layout layout;
  TRY_DONE(take_layout(kernels, coded, low.size(), layout));
  decode_below_root(kernels, scratch, layout);
  const std::uint8_t* zeros = symbols_below_root(scratch, layout, 0);
  const std::uint8_t* ones = symbols_below_root(scratch, layout, 1);
  const auto join = swapped ? kernels.merge_join2_swapped : kernels.merge_join2;
  join(layout.node(0, 0).bitmap, low.size(), zeros, ones, low.data(), out.data());
  return {};
}

}  // namespace granary::codec
