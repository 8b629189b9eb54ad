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

// Bytes that have no cut but where the test plants one, and after 128 KiB.
Bytes quiet_bytes(std::size_t size) { return Bytes(size, std::byte{59}); }

// Writes 64 bytes of which the last one ends a chunk, wherever a chunk may end.
void plant_cut(Bytes& bytes, std::size_t end) {
  static const Bytes random = splitmix_bytes(0, 84'493);
  const ByteView window = ByteView(random).last(64);
  std::copy(window.begin(), window.end(), bytes.begin() + static_cast<std::ptrdiff_t>(end - 64));
}

TEST(Chunker, FindsACutAtEveryOffsetOfEveryLane) {
  // All of the longest lanes, and the start of the next ones.
  constexpr std::size_t kEndMax = 8192 + 4 * 2048 + 600;
  const Bytes quiet = quiet_bytes(kEndMax);
  Bytes bytes = quiet;
  for (std::size_t end = 8192; end <= kEndMax; ++end) {
    plant_cut(bytes, end);
    ASSERT_EQ(Chunker().next_boundary(bytes), end);
    // Shorter pieces have shorter lanes.
    ASSERT_EQ(Chunker().next_boundary(ByteView(bytes).first(end)), end);
    ASSERT_EQ(Chunker().next_boundary(ByteView(bytes).first(end - 1)), std::nullopt) << end;
    bytes = quiet;
  }
}

TEST(Chunker, TakesTheEarliestOfTheCutsInSeveralLanes) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    SplitMix64 numbers(seed);
    Bytes bytes = quiet_bytes(20'000);
    std::size_t first = bytes.size();
    for (std::uint64_t count = 2 + numbers.next() % 6; count > 0; --count) {
      const std::size_t end = 8192 + numbers.next() % 130 * 64;  // windows do not overlap
      plant_cut(bytes, end);
      first = std::min(first, end);
    }
    ASSERT_EQ(Chunker().next_boundary(bytes), first) << "seed " << seed;
  }
}

TEST(Chunker, CutsBetweenTheSmallestAndTheLargestSizeOnly) {
  const auto ends_with_cut_at = [](std::size_t end) {
    Bytes bytes = quiet_bytes(140'000);
    plant_cut(bytes, end);
    const Ends ends = chunk_ends(bytes);
    for (std::size_t size : {1UL, 61UL, 4096UL, 8191UL, 8192UL, 131071UL, 131072UL})
      EXPECT_EQ(ends_in_pieces(bytes, [=] { return size; }), ends) << end << " by " << size;
    EXPECT_EQ(ends, plain_ends(bytes)) << end;
    return ends;
  };
  for (std::size_t end = 8192 - 130; end < 8192; ++end)
    EXPECT_EQ(ends_with_cut_at(end), (Ends{131072, 140'000}));
  for (std::size_t end : {8192UL, 8193UL})
    EXPECT_EQ(ends_with_cut_at(end), (Ends{end, end + 131072, 140'000}));
  EXPECT_EQ(ends_with_cut_at(131071), (Ends{131071, 140'000}));
  for (std::size_t end : {131072UL, 131073UL, 131072UL + 64})
    EXPECT_EQ(ends_with_cut_at(end), (Ends{131072, 140'000}));
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

TEST(Chunker, AgreesWithThePlainRuleAtEverySmallPieceSize) {
  constexpr std::size_t kSizeBytes = 150'000;
  const auto base = read_vectors("chunk-boundaries.json").at("pattern_base");
  Bytes planted = splitmix_bytes(11, kSizeBytes);
  for (std::size_t end = 1'000; end < kSizeBytes; end += 1'021) plant_cut(planted, end);
  const std::vector<std::pair<std::string, Bytes>> inputs = {
      {"random", splitmix_bytes(9, kSizeBytes)},
      {"constant", quiet_bytes(kSizeBytes)},
      {"period of the reference", pattern_bytes(base, 0, kSizeBytes)},
      {"the same, padded", pattern_bytes(base, 37, kSizeBytes)},
      {"dense cuts", planted}};
  std::vector<std::size_t> sizes = {127,  128,  129,  511,  512,  513,  575,  576,  577,
                                    2047, 2048, 2049, 8127, 8128, 8191, 8192, 8193, 16384};
  for (std::size_t size = 1; size <= 72; ++size) sizes.push_back(size);
  for (const auto& [name, bytes] : inputs) {
    const Ends expected = plain_ends(bytes);
    for (std::size_t size : sizes)
      ASSERT_EQ(ends_in_pieces(bytes, [=] { return size; }), expected) << name << " by " << size;
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
