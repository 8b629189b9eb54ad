// Level by level: from where on groups must begin as they do, and up to where they must end so.
#include "chunk/hash_subtree.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <ranges>
#include <span>

#include "chunk/hash_node.h"

namespace granary::chunk {
namespace {

using Nodes = std::span<const Chunk>;

// Of three nodes that end groups, this far from each other, the middle one ends one in any case:
// whichever group holds the first, the next sees the second.
bool is_settling(std::size_t distance) {
  return distance >= kGroupCountMin && distance < kGroupCountMax - 1;
}

/// Of the first such three (or, counted from the back, the last) the place after the middle one.
template <class Places>
std::optional<std::size_t> find_settled(const Places& places, Nodes nodes) {
  std::optional<std::size_t> before, last;
  for (const std::size_t place : places(nodes.size())) {
    if (!ends_group(nodes[place].hash)) continue;
    const auto distance = [](std::size_t one, std::size_t other) {
      return std::max(one, other) - std::min(one, other);
    };
    if (before && is_settling(distance(place, *last)) && is_settling(distance(*last, *before))) {
      return *last + 1;
    }
    before = last;
    last = place;
  }
  return {};
}

std::size_t group_count(Nodes nodes) {
  const std::size_t most = std::min(nodes.size(), kGroupCountMax);
  for (std::size_t count = kGroupCountMin; count < most; ++count) {
    if (ends_group(nodes[count - 1].hash)) return count;
  }
  return most;
}

struct Settled {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Which nodes of a level are settled; none: begin and end are the count.
Settled settled_of(Nodes nodes, bool at_start, bool at_end) {
  const Settled none{nodes.size(), nodes.size()};
  if (nodes.size() < 2) return none;
  const auto forwards = [](std::size_t count) { return std::views::iota(std::size_t{0}, count); };
  const auto backwards = [&](std::size_t count) { return std::views::reverse(forwards(count)); };
  const auto begin = at_start ? std::optional<std::size_t>(0) : find_settled(forwards, nodes);
  if (!begin) return none;
  const Nodes rest = nodes.subspan(*begin);
  const auto end = at_end ? std::optional(rest.size()) : find_settled(backwards, rest);
  if (!end || *end == 0) return none;
  return {*begin, *begin + *end};
}

}  // namespace

HashSubtree hash_subtree(std::vector<Chunk> chunks, bool at_start, bool at_end) {
  HashSubtree tree{.nodes = {}, .level_counts = {}, .at_start = at_start, .at_end = at_end};
  std::vector<std::vector<Chunk>> right;
  std::vector<Chunk> level = std::move(chunks);
  while (true) {
    const Settled settled = settled_of(level, at_start, at_end);
    const Nodes nodes = level;
    const Nodes after = nodes.subspan(settled.end);
    tree.nodes.insert(tree.nodes.end(), nodes.begin(),
                      nodes.begin() + std::ptrdiff_t(settled.begin));
    right.emplace_back(after.begin(), after.end());
    tree.level_counts.emplace_back(settled.begin, after.size());
    at_start = at_start && settled.begin == 0;
    at_end = at_end && after.empty();
    std::vector<Chunk> parents;
    for (std::size_t at = settled.begin; at < settled.end;) {
      const std::size_t count = group_count(nodes.first(settled.end).subspan(at));
      parents.push_back(parent_of(nodes.subspan(at, count)));
      at += count;
    }
    if (parents.size() <= 1) {
      if (parents.size() == 1) tree.level_counts.emplace_back(1, 0);
      std::ranges::copy(parents, std::back_inserter(tree.nodes));
      break;
    }
    level = std::move(parents);
  }
  for (const auto& nodes : std::views::reverse(right)) {
    tree.nodes.insert(tree.nodes.end(), nodes.begin(), nodes.end());
  }
  return tree;
}

}  // namespace granary::chunk
