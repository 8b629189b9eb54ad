// Recipes and cursors: round trips, the worked example of the format's page, and hostile bytes.
#include "meta/recipe.h"

#include <gtest/gtest.h>

#include <cctype>
#include <limits>

#include "base/sim_disk.h"
#include "meta/cursor.h"

namespace granary::meta {
namespace {

constexpr std::uint32_t kU32Max = std::numeric_limits<std::uint32_t>::max();

Term random_term(SimNumbers& numbers) {
  const auto number = [&] {
    return static_cast<std::uint32_t>(numbers.next() >> (32 + numbers.below(32)));
  };
  return {.xorb = XorbId{static_cast<std::int64_t>(numbers.next() >> (1 + numbers.below(63)))},
          .chunk_start = number(),
          .chunk_end = number(),
          .offset_bytes = number(),
          .size_bytes = number()};
}

TEST(Recipe, TheExampleOfItsPageIsEncodedAsPrinted) {
  const std::vector<Term> terms = {{XorbId{7}, 0, 1000, 0, 67'000'000},
                                   {XorbId{7}, 1000, 1010, 67'000'000, 655'360},
                                   {XorbId{3}, 5, 6, 300'000, 65'536}};
  EXPECT_EQ(to_hex(encode_recipe(terms)),
            "01030e00d00f00c0adf91f0000140080802807d90f02bf8b9e408080"
            "04");
  EXPECT_EQ(to_hex(encode_recipe({})), "0100");
}

TEST(Recipe, AnyTermsComeBackExactly) {
  SimNumbers numbers(20261124);
  for (int round = 0; round < 2000; ++round) {
    std::vector<Term> terms;
    const std::uint64_t count = numbers.below(20);
    for (std::uint64_t i = 0; i < count; ++i) terms.push_back(random_term(numbers));
    const auto back = decode_recipe(encode_recipe(terms));
    ASSERT_TRUE(back.has_value()) << round;
    ASSERT_EQ(*back, terms) << round;
  }
  const std::vector<Term> extremes = {
      {XorbId{std::numeric_limits<std::int64_t>::max()}, kU32Max, 0, kU32Max, kU32Max},
      {XorbId{0}, 0, kU32Max, 0, 0}};
  EXPECT_EQ(*decode_recipe(encode_recipe(extremes)), extremes);
}

TEST(Recipe, ALargeFileInOrderTakesFewBytes) {
  std::vector<Term> terms;  // 1 TiB in whole xorbs
  for (std::int64_t i = 0; i < 16'384; ++i)
    terms.push_back({XorbId{1000 + i}, 0, 1024, 0, 1 << 26});
  EXPECT_LT(encode_recipe(terms).size(), 16'384u * 16);
}

TEST(Recipe, CutShortOrLongerOrWithABitFlippedItIsCorruptOrAnotherRecipe) {
  const std::vector<Term> terms = {{XorbId{7}, 0, 1000, 0, 67'000'000}, {XorbId{8}, 0, 3, 0, 9}};
  const Bytes good = encode_recipe(terms);
  for (std::size_t size = 0; size < good.size(); ++size) {
    const auto cut = decode_recipe(ByteView(good).first(size));
    ASSERT_FALSE(cut.has_value());
    EXPECT_EQ(cut.error().kind, ErrorKind::Corrupt);
  }
  Bytes longer = good;
  longer.push_back(std::byte{0});
  EXPECT_FALSE(decode_recipe(longer));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Bytes flipped = good;
    flipped[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    const auto read = decode_recipe(flipped);
    if (read) EXPECT_EQ(encode_recipe(*read), flipped) << "one encoding for each recipe";
  }
}

TEST(Recipe, AHugeCountIsRefusedBeforeMemoryIsTaken) {
  Bytes huge = {std::byte{1}};
  for (int i = 0; i < 9; ++i) huge.push_back(std::byte{0xFF});
  huge.push_back(std::byte{1});
  EXPECT_FALSE(decode_recipe(huge));
  huge.back() = std::byte{2};  // over 64 bits
  EXPECT_FALSE(decode_recipe(huge));
  const Bytes not_shortest = {std::byte{1}, std::byte{0x80}, std::byte{0}};
  EXPECT_FALSE(decode_recipe(not_shortest));
}

TEST(Cursor, ComesBackExactlyAndFitsInAUrl) {
  for (const ListCursor& cursor :
       {ListCursor{.sort = RepoSort::Likes, .value = -5, .id = 9, .folded = {}},
        ListCursor{.sort = RepoSort::Id, .folded = "ns/näme"},
        ListCursor{.sort = RepoSort::Created,
                   .value = std::numeric_limits<std::int64_t>::max(),
                   .id = std::numeric_limits<std::int64_t>::min(),
                   .folded = {}}}) {
    const std::string text = format_cursor(cursor);
    EXPECT_EQ(text.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_EQ(*parse_cursor(text, cursor.sort), cursor);
  }
}

TEST(Cursor, HasOneSpelling) {
  const std::string text =
      format_cursor({.sort = RepoSort::Id, .value = 0, .id = 0, .folded = "ns/o"});
  EXPECT_TRUE(parse_cursor(text, RepoSort::Id));
  std::string upper = text;
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  ASSERT_NE(upper, text);
  EXPECT_FALSE(parse_cursor(upper, RepoSort::Id));
  EXPECT_FALSE(parse_cursor(text, RepoSort::Likes));
  EXPECT_FALSE(parse_cursor(text.substr(1), RepoSort::Id));
}

}  // namespace
}  // namespace granary::meta
