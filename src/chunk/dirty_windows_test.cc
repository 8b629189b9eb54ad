// Subtrees and windows as the reference makes them, and subtrees put together again.
#include "chunk/dirty_windows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <string>

#include "base/hasher.h"
#include "base/limits.h"
#include "chunk/chunk_testing.h"
#include "chunk/chunker.h"
#include "chunk/hash_tree.h"

namespace granary::chunk {
namespace {

using testing::read_vectors;
using testing::SplitMix64;

std::vector<Chunk> chunks_of(SplitMix64& numbers, std::size_t count) {
  std::vector<Chunk> chunks(count);
  for (Chunk& chunk : chunks) {
    Bytes hash;
    for (int i = 0; i < 4; ++i) put_u64(hash, numbers.next());
    chunk.hash = ChunkHash::from_bytes(hash).value();
    chunk.size_bytes = 8192 + numbers.next() % 122'880;
  }
  return chunks;
}

std::vector<ByteSpan> spans_of(const boost::json::value& pairs) {
  std::vector<ByteSpan> spans;
  for (const auto& pair : pairs.as_array()) {
    spans.push_back({pair.at(0).to_number<std::uint64_t>(), pair.at(1).to_number<std::uint64_t>()});
  }
  return spans;
}

TEST(HashSubtree, IsThatOfTheReference) {
  const auto cases = read_vectors("hash-subtrees.json");
  for (const auto& each : cases.as_array()) {
    SplitMix64 numbers(each.at("seed").to_number<std::uint64_t>());
    const auto chunks = chunks_of(numbers, each.at("count").to_number<std::size_t>());
    const HashSubtree tree =
        hash_subtree(chunks, each.at("at_start").as_bool(), each.at("at_end").as_bool());
    SCOPED_TRACE(boost::json::serialize(each));
    EXPECT_EQ(tree.nodes.size(), each.at("node_count").to_number<std::size_t>());
    std::string levels;
    for (const auto& [left, right] : tree.level_counts) {
      levels +=
          (levels.empty() ? "[[" : ",[") + std::to_string(left) + "," + std::to_string(right) + "]";
    }
    EXPECT_EQ(levels + "]", boost::json::serialize(each.at("levels")));
    std::string text;
    for (const Chunk& node : tree.nodes) {
      text += node.hash.to_string() + " " + std::to_string(node.size_bytes) + "\n";
    }
    EXPECT_EQ(sha256_of(as_bytes(text)).to_string(), each.at("nodes_sha256").as_string());
  }
}

TEST(HashSubtree, OfAWholeFileIsItsRoot) {
  SplitMix64 numbers(9);
  for (const std::size_t count : {2u, 3u, 10u, 300u}) {
    const auto chunks = chunks_of(numbers, count);
    const HashSubtree tree = hash_subtree(chunks, true, true);
    ASSERT_EQ(tree.nodes.size(), 1u);
    EXPECT_EQ(tree.nodes[0].hash.bytes, xorb_hash(chunks).bytes);
  }
}

TEST(DirtyWindows, AreThoseOfTheReference) {
  const auto cases = read_vectors("dirty-windows.json");
  ASSERT_GT(cases.as_array().size(), 30u);
  for (const auto& each : cases.as_array()) {
    SplitMix64 numbers(each.at("seed").to_number<std::uint64_t>());
    const auto chunks = chunks_of(numbers, 1 + numbers.next() % 60);
    const auto ranges = spans_of(each.at("ranges"));
    DirtyWindows windows(ranges);
    for (const Chunk& chunk : chunks) windows.add(chunk);
    windows.finish();
    SCOPED_TRACE(boost::json::serialize(each));
    EXPECT_EQ(windows.windows(), spans_of(each.at("windows")));
    const auto& gap_nodes = each.at("gap_nodes").as_array();
    ASSERT_EQ(windows.gaps().size(), gap_nodes.size());
    for (std::size_t at = 0; at < gap_nodes.size(); ++at) {
      EXPECT_EQ(windows.gaps()[at].nodes.size(), gap_nodes[at].to_number<std::size_t>());
    }
  }
}

TEST(DirtyWindows, AnEditChangesNoChunkOutsideOfThem) {
  Bytes bytes = testing::splitmix_bytes(4, 6 * limits::kMiB);
  const auto cut = [](ByteView rest) {
    std::vector<ByteSpan> spans;
    Chunker chunker;
    std::uint64_t at = 0;
    while (const auto end = chunker.next_boundary(rest)) {
      spans.push_back({at, at + *end});
      at += *end;
      rest = rest.subspan(*end);
    }
    if (at < 6 * limits::kMiB) spans.push_back({at, 6 * limits::kMiB});
    return spans;
  };
  const auto before = cut(bytes);
  const std::vector<ByteSpan> ranges{{1'500'000, 1'500'007}, {4'000'000, 4'200'000}};
  DirtyWindows windows(ranges);
  for (const ByteSpan& span : before) windows.add({{}, span.end - span.begin});
  windows.finish();
  for (const ByteSpan& range : ranges) {
    for (std::uint64_t at = range.begin; at < range.end; ++at) bytes[at] ^= std::byte{0x55};
  }
  const auto after = cut(bytes);
  for (const ByteSpan& span : before) {
    const bool is_kept = std::ranges::none_of(windows.windows(), [&](const ByteSpan& window) {
      return span.begin < window.end && span.end > window.begin;
    });
    if (is_kept) EXPECT_NE(std::ranges::find(after, span), after.end()) << span.begin;
  }
  EXPECT_EQ(windows.windows().size(), 2u);
}

}  // namespace
}  // namespace granary::chunk
