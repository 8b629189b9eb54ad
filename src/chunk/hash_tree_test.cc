// Tests of the hash tree against the reference's vectors and against the rule level by level.
#include "chunk/hash_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>

#include "chunk/chunk_testing.h"

namespace granary::chunk {
namespace {

using testing::parse_chunks;
using testing::read_vectors;
using testing::SplitMix64;

TEST(HashTree, GivesTheRootsOfTheReference) {
  const auto vectors = read_vectors("merkle-vectors.json");
  std::size_t salt_count = 0;
  for (const auto& item : vectors.at("cases").as_array()) {
    const auto leaves = parse_chunks(item.at("leaves"));
    SCOPED_TRACE(leaves.size());
    const XorbHash root = xorb_hash(leaves);
    EXPECT_EQ(root.to_string(), item.at("xorb_hash").as_string());
    for (const auto& salted : item.at("file_hash_by_salt").as_array()) {
      const auto salt = ChunkHash::parse(std::string_view(salted.at("salt").as_string())).value();
      const auto expected =
          FileHash::parse(std::string_view(salted.at("file_hash").as_string())).value();
      if (salt.is_zero()) EXPECT_EQ(file_hash(leaves), expected);
      Blake3Key key;
      std::memcpy(key.data(), salt.bytes.data(), key.size());
      const FileHash by_hand{blake3_keyed(key, root.view())};
      EXPECT_EQ(leaves.empty() ? FileHash{} : by_hand, expected);
      ++salt_count;
    }
  }
  EXPECT_EQ(salt_count, 54U);
}

// The size of the group that the next nodes of one level form, by the rule's wording.
std::size_t group_count(std::span<const Chunk> rest) {
  if (rest.size() <= 2) return rest.size();
  const std::size_t most = std::min<std::size_t>(9, rest.size());
  for (std::size_t j = 2; j < most; ++j)
    if (load_u64(rest[j].hash.bytes.data() + 24) % 4 == 0) return j + 1;
  return most;
}

Chunk plain_parent(std::span<const Chunk> children) {
  constexpr Blake3Key kKey = {1,   126, 197, 199, 165, 71,  41,  150, 253, 148, 102,
                              102, 180, 138, 2,   230, 93,  221, 83,  111, 55,  199,
                              109, 210, 248, 99,  82,  230, 74,  83,  113, 63};
  std::string text;
  std::uint64_t size_bytes = 0;
  for (const Chunk& child : children) {
    text += child.hash.to_string() + " : " + std::to_string(child.size_bytes) + "\n";
    size_bytes += child.size_bytes;
  }
  return {ChunkHash{blake3_keyed(kKey, as_bytes(text))}, size_bytes};
}

Chunk plain_root(std::vector<Chunk> level) {
  while (level.size() > 1) {
    std::vector<Chunk> parents;
    for (std::span<const Chunk> rest = level; !rest.empty();) {
      const std::size_t count = group_count(rest);
      parents.push_back(plain_parent(rest.first(count)));
      rest = rest.subspan(count);
    }
    level = std::move(parents);
  }
  return level.at(0);
}

TEST(HashTree, GrownNodeByNodeEqualsTheRuleLevelByLevel) {
  SplitMix64 numbers(1);
  std::vector<Chunk> leaves;
  for (int i = 0; i < 700; ++i) {
    Chunk leaf{.hash = {}, .size_bytes = numbers.next() % 131072};
    for (auto& byte : leaf.hash.bytes) byte = static_cast<std::byte>(numbers.next());
    leaves.push_back(leaf);
    ASSERT_EQ(xorb_hash(leaves).bytes, plain_root(leaves).hash.bytes) << leaves.size();
  }
}

TEST(HashTree, StartsAfreshAfterEachFinish) {
  const Chunk chunk{chunk_hash(as_bytes("abc")), 3};
  HashTree tree;
  EXPECT_TRUE(tree.finish_xorb().is_zero());
  for (int round = 0; round < 2; ++round) {
    tree.add(chunk);
    EXPECT_EQ(tree.finish_xorb().bytes, chunk.hash.bytes);
  }
  tree.add(chunk);
  EXPECT_EQ(tree.finish_file(), file_hash(std::span(&chunk, 1)));
  EXPECT_TRUE(tree.finish_file().is_zero());
}

}  // namespace
}  // namespace granary::chunk
