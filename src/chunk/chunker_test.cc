// Tests of the chunker against Xet's boundary vectors and against the rule in its plainest form.
#include "chunk/chunker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <functional>

#include "chunk/chunk_testing.h"
#include "chunk/gear_table.h"

namespace granary::chunk {
namespace {

using testing::read_vectors;
using testing::SplitMix64;
using testing::splitmix_bytes;
using Ends = std::vector<std::size_t>;

Ends ends_of(const boost::json::value& list) { return boost::json::value_to<Ends>(list); }

// The rule as the specification words it, one byte at a time.
Ends plain_ends(ByteView bytes) {
  Ends ends;
  std::uint64_t hash = 0;
  std::size_t start = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    hash = (hash << 1) + kGearTable[static_cast<std::uint8_t>(bytes[i])];
    const std::size_t size = i + 1 - start;
    if (size < 8192) continue;
    if (size < 131072 && (hash & 0xFFFF000000000000) != 0) continue;
    hash = 0;
    ends.push_back(start = i + 1);
  }
  if (start < bytes.size()) ends.push_back(bytes.size());
  return ends;
}

Ends ends_in_pieces(ByteView bytes, const std::function<std::size_t()>& next_size) {
  Ends ends;
  Chunker chunker;
  for (std::size_t start = 0; start < bytes.size();) {
    ByteView piece = bytes.subspan(start, std::min(next_size(), bytes.size() - start));
    start += piece.size();
    while (auto end = chunker.next_boundary(piece)) {
      piece = piece.subspan(*end);
      ends.push_back(start - piece.size());
    }
  }
  if (chunker.pending_size_bytes() > 0) ends.push_back(bytes.size());
  return ends;
}

Bytes pattern_bytes(const boost::json::value& base, std::size_t padding, std::size_t size) {
  Bytes bytes;
  for (const auto& value : base.as_array()) bytes.push_back(std::byte(value.as_int64()));
  bytes.resize(bytes.size() + padding);
  while (bytes.size() < size) {
    const std::size_t count = std::min(bytes.size(), size - bytes.size());
    for (std::size_t i = 0; i < count; ++i) bytes.push_back(bytes[i]);
  }
  return bytes;
}

TEST(Chunker, GivesTheBoundariesOfTheReferenceForRandomAndConstantBytes) {
  const auto vectors = read_vectors("chunk-boundaries.json");
  const auto& cases = vectors.at("cases").as_array();
  ASSERT_EQ(cases.size(), 2U);
  const Bytes random = splitmix_bytes(0, 1'000'000);
  EXPECT_EQ(static_cast<int>(random[111111]), 118) << "the generator is not the vectors'";
  EXPECT_EQ(chunk_ends(random), ends_of(cases[0].at("ends")));
  EXPECT_EQ(chunk_ends(Bytes(1'000'000, std::byte{59})), ends_of(cases[1].at("ends")));
}

TEST(Chunker, GivesTheBoundariesOfTheReferenceForAllAdversarialPatterns) {
  const auto vectors = read_vectors("chunk-boundaries.json");
  const auto size = vectors.at("pattern_n").to_number<std::size_t>();
  std::size_t count = 0;
  for (const auto& pattern : vectors.at("pattern_cases").as_array()) {
    const auto padding = pattern.at("padding").to_number<std::size_t>();
    const Bytes bytes = pattern_bytes(vectors.at("pattern_base"), padding, size);
    ASSERT_EQ(static_cast<int>(bytes[11111]), pattern.at("byte_at_11111").as_int64());
    EXPECT_EQ(chunk_ends(bytes), ends_of(pattern.at("ends"))) << "padding " << padding;
    ++count;
  }
  EXPECT_EQ(count, 128U);
}

TEST(Chunker, AgreesWithThePlainRuleWhereCutsAreDense) {
  // Few distinct bytes make short periods, hence matches in every phase, early ones included.
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    SplitMix64 numbers(seed);
    const std::size_t period = 1 + numbers.next() % 300;
    Bytes bytes(40'000 + numbers.next() % 300'000);
    const Bytes unit = splitmix_bytes(seed, period);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = unit[i % period];
    for (int edits = 0; edits < 40; ++edits)
      bytes[numbers.next() % bytes.size()] = static_cast<std::byte>(numbers.next());
    ASSERT_EQ(chunk_ends(bytes), plain_ends(bytes)) << "seed " << seed;
  }
}

TEST(Chunker, FindsACutAtEveryOffsetAndInEitherLane) {
  // A window that cuts, moved through an input that else has none, past both ends of the lanes.
  const Bytes random = splitmix_bytes(0, 84'493);
  const ByteView window = ByteView(random).last(64);
  Bytes quiet(140'000, std::byte{59});
  for (std::size_t end = 8192; end < 28'000; end += 1 + end % 61) {
    Bytes bytes = quiet;
    std::copy(window.begin(), window.end(), bytes.begin() + static_cast<std::ptrdiff_t>(end - 64));
    ASSERT_EQ(chunk_ends(bytes)[0], end);
    ASSERT_EQ(chunk_ends(bytes), plain_ends(bytes));
  }
}

TEST(Chunker, DoesNotDependOnThePieces) {
  const Bytes bytes = splitmix_bytes(42, 1'500'000);
  const Ends expected = plain_ends(bytes);
  for (std::size_t size : {1UL, 63UL, 64UL, 65UL, 8127UL, 8191UL, 8192UL, 65536UL, 1UL << 20})
    EXPECT_EQ(ends_in_pieces(bytes, [=] { return size; }), expected) << size;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    SplitMix64 numbers(seed);
    const auto next_size = [&] { return numbers.next() % 4 ? numbers.next() % 50'000 : 0; };
    ASSERT_EQ(ends_in_pieces(bytes, next_size), expected) << "seed " << seed;
  }
}

TEST(Chunker, AnInsertMovesOnlyTheChunksAroundIt) {
  const Bytes before = splitmix_bytes(5, 3'000'000);
  Bytes after = before;
  after.insert(after.begin() + 1'000'000, std::byte{1});
  const Ends old_ends = chunk_ends(before);
  std::size_t moved = 0;
  const Ends new_ends = chunk_ends(after);
  for (std::size_t end : new_ends) {
    const std::size_t was = end > 1'000'000 ? end - 1 : end;
    if (!std::binary_search(old_ends.begin(), old_ends.end(), was)) ++moved;
  }
  EXPECT_GT(new_ends.size(), 30U);
  EXPECT_LE(moved, 6U);
}

TEST(Chunker, AnEmptyFileHasNoChunks) {
  EXPECT_TRUE(chunk_ends({}).empty());
  EXPECT_FALSE(Chunker().next_boundary({}).has_value());
}

}  // namespace
}  // namespace granary::chunk
