// Tests of planes and bitmap trees: known bytes, round trips, odd histograms, hostile bytes.
#include "codec/plane.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>
#include <string>

#include "codec/bitmap_tree.h"
#include "codec/plain_kernels_testing.h"
#include "codec/weights_testing.h"

namespace granary::codec {
namespace {

using Symbols = std::vector<std::uint8_t>;

class PlaneTest : public ::testing::TestWithParam<const Kernels*> {
 protected:
  Bytes encode(const Symbols& symbols) {
    Bytes coded(plane_size_bytes_max(symbols.size()));
    coded.resize(
        encode_plane(ours_, scratch_, symbols, reinterpret_cast<std::uint8_t*>(coded.data())));
    return coded;
  }
  // The symbols that `coded` gives, or nothing if it is Corrupt or too long.
  std::optional<Symbols> decode(ByteView coded, std::size_t count) {
    Symbols symbols(count);
    const auto done = decode_plane(ours_, scratch_, coded, symbols);
    if (!done) EXPECT_EQ(done.error().kind, ErrorKind::Corrupt);
    if (!done || !coded.empty()) return std::nullopt;
    return symbols;
  }
  void expect_round_trip(const Symbols& symbols) {
    const Bytes coded = encode(symbols);
    Bytes with_more = coded;
    put_u8(with_more, 77);  // a plane says where it ends
    ByteView rest = with_more;
    Symbols decoded(symbols.size());
    ASSERT_TRUE(decode_plane(ours_, scratch_, rest, decoded));
    EXPECT_EQ(rest.size(), 1u);
    EXPECT_EQ(decoded, symbols) << symbols.size();
  }
  Symbols drawn(const std::vector<unsigned>& weights, std::size_t count) {
    std::discrete_distribution<int> draw(weights.begin(), weights.end());
    Symbols symbols(count);
    for (auto& symbol : symbols) symbol = static_cast<std::uint8_t>(draw(numbers_));
    return symbols;
  }

  const Kernels& ours_ = *GetParam();
  Scratch scratch_;
  std::mt19937_64 numbers_{3};
};

TEST_P(PlaneTest, TheExamplesOfTheDocumentation) {
  EXPECT_EQ(to_hex(encode({7, 7, 7})), "0107");
  EXPECT_EQ(to_hex(encode({1, 2, 3})), "00010203");
  // docs/formats/weight-planes.md
  const Symbols symbols = {'a', 'b', 'a', 'a', 'c', 'a', 'b', 'a', 'a', 'a', 'c', 'a',
                           'a', 'b', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a', 'a'};
  EXPECT_EQ(to_hex(encode(symbols)), "020201026162635224000a");
  expect_round_trip(symbols);
}

TEST_P(PlaneTest, NoSymbolsTakeNoBytes) {
  EXPECT_TRUE(encode({}).empty());
  EXPECT_TRUE(decode({}, 0));
}

TEST_P(PlaneTest, OfEverySizeComesBack) {
  for (std::size_t count = 1; count <= 600; ++count) {
    expect_round_trip(drawn({100, 20, 5, 1}, count));
    expect_round_trip(drawn(std::vector<unsigned>(256, 1), count));
  }
}

TEST_P(PlaneTest, OfOddHistogramsComesBack) {
  std::vector<unsigned> fibonacci = {1, 1};
  while (fibonacci.size() < 30) fibonacci.push_back(fibonacci.back() + fibonacci.end()[-2]);
  std::vector<unsigned> halving(256, 1);
  for (std::size_t i = 0; i < 20; ++i) halving[i * 11] = 1U << i;
  std::vector<unsigned> nearly_flat(256, 60);
  nearly_flat[9] = 20'000;
  for (const auto& weights : {fibonacci, halving, nearly_flat, {1, 1}, {1000, 1}})
    for (std::size_t count : {100UL, 5000UL, 100'000UL, 262'144UL})
      expect_round_trip(drawn(weights, count));
}

TEST_P(PlaneTest, ASymbolThatNoSampleSawComesBack) {
  Symbols symbols(200'000, 5);
  for (std::size_t i = 0; i < symbols.size(); i += 3) symbols[i] = 6;
  for (std::size_t at : {0UL, 70UL, 99'999UL, 199'999UL}) {
    symbols[at] = static_cast<std::uint8_t>(at);
    expect_round_trip(symbols);
  }
  Symbols lonely(200'000, 5);
  lonely[777] = 200;
  expect_round_trip(lonely);
  EXPECT_LT(encode(lonely).size(), 200'000U / 8 + 10);
}

TEST_P(PlaneTest, TakesNoMoreThanRaw) {
  for (std::size_t count : {2UL, 10UL, 300UL, 70'000UL}) {
    const Symbols noise = drawn(std::vector<unsigned>(256, 1), count);
    EXPECT_LE(encode(noise).size(), count + 1);
  }
}

TEST_P(PlaneTest, InPlaceIsTheSame) {
  for (const auto& weights : {std::vector<unsigned>(256, 1), {9, 1, 3}, {1}}) {
    const Symbols symbols = drawn(weights, 10'000);
    Bytes coded(plane_size_bytes_max(symbols.size()));
    auto* out = reinterpret_cast<std::uint8_t*>(coded.data());
    std::ranges::copy(symbols, out + 1);
    coded.resize(encode_plane(ours_, scratch_, {out + 1, symbols.size()}, out));
    EXPECT_EQ(coded, encode(symbols));
  }
}

TEST_P(PlaneTest, CutShortOrDamagedIsCorruptOrOtherSymbolsAndTheSameForAllKernels) {
  Scratch other;
  for (std::size_t count : {9UL, 40UL, 1000UL}) {
    const Bytes coded = encode(drawn({60, 20, 9, 3, 1}, count));
    for (std::size_t size = 0; size < coded.size(); ++size)
      EXPECT_FALSE(decode(ByteView(coded).first(size), count)) << size;
    for (std::size_t bit = 0; bit < coded.size() * 8; ++bit) {
      Bytes damaged = coded;
      damaged[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
      const auto symbols = decode(damaged, count);
      ByteView rest = damaged;
      Symbols reference(count);
      const auto done = decode_plane(kScalarKernels, other, rest, reference);
      ASSERT_EQ(symbols.has_value(), done && rest.empty());
      if (symbols) EXPECT_EQ(*symbols, reference);
    }
  }
}

TEST_P(PlaneTest, HasOneSpelling) {
  const auto is_refused = [&](std::initializer_list<int> bytes, std::size_t count) {
    Bytes coded;
    for (int byte : bytes) put_u8(coded, static_cast<std::uint8_t>(byte));
    return !decode(coded, count);
  };
  EXPECT_FALSE(is_refused({2, 1, 2, 'a', 'b', 5}, 3));      // sound: 1 0 1
  EXPECT_TRUE(is_refused({2, 1, 2, 'b', 'a', 5}, 3));       // symbols in disorder
  EXPECT_TRUE(is_refused({2, 1, 2, 'a', 'a', 5}, 3));       // a symbol twice
  EXPECT_TRUE(is_refused({2, 1, 2, 'a', 'b', 13}, 3));      // a bit beyond the end
  EXPECT_TRUE(is_refused({2, 1, 1, 'a', 5}, 3));            // a tree that is not full
  EXPECT_TRUE(is_refused({2, 1, 3, 'a', 'b', 'c', 5}, 3));  // or too full
  EXPECT_TRUE(is_refused({2, 0}, 3));                       // no tree at all
  EXPECT_TRUE(is_refused({2, 16, 0, 0}, 3));                // too deep
  EXPECT_TRUE(is_refused({2, 2, 2, 0, 'a', 'b', 5}, 3));    // levels beyond the leaves
  EXPECT_TRUE(is_refused({3, 1, 2, 3}, 3));                 // no such mode
  EXPECT_TRUE(is_refused({0, 1, 2, 3, 4}, 3));              // too long
}

INSTANTIATE_TEST_SUITE_P(All, PlaneTest, ::testing::ValuesIn(kernels_to_test()),
                         [](const auto& tested) { return std::string(tested.param->name); });

TEST(TreeCode, IsNeverDeeperThanItsLimit) {
  Histogram histogram{};
  std::uint32_t counts[2] = {1, 1};
  for (std::size_t i = 0; i < 40; ++i) {
    histogram[i] = counts[i % 2];
    counts[i % 2] = std::min<std::uint32_t>(counts[0] + counts[1], 1U << 30);
  }
  const TreeCode code = make_tree_code(histogram);
  EXPECT_EQ(code.symbol_count, 40u);
  EXPECT_LE(code.depth, kTreeDepthMax);
}

TEST(TreeCode, IsAsGoodAsTheEntropyAllows) {
  Histogram histogram{};
  for (std::size_t i = 0; i < 256; ++i) histogram[i] = static_cast<std::uint32_t>(1 + i * i);
  const TreeCode code = make_tree_code(histogram);
  std::uint64_t bits = 0;
  std::uint64_t total = 0;
  for (std::size_t depth = 1, rank = 0; depth <= code.depth; ++depth)
    for (std::size_t leaf = 0; leaf < code.leaves[depth]; ++leaf, ++rank) {
      bits += depth * histogram[code.symbols[rank]];
      total += histogram[code.symbols[rank]];
    }
  EXPECT_GE(bits << 16, code_bits_q16(histogram));
  EXPECT_LE(bits << 16, code_bits_q16(histogram) + (total << 16) / 20);  // 0.05 bits a symbol
}

TEST(Histogram, SamplesAndEntropies) {
  Histogram flat{};
  flat.fill(1000);
  EXPECT_EQ(entropy_q16(flat), 8U << 16);
  Histogram even{};
  even['a'] = even['b'] = 1U << 20;
  EXPECT_NEAR(static_cast<double>(entropy_q16(even)) / 65536, 1, 0.01);
  EXPECT_EQ(entropy_q16(Histogram{}), 0u);
  const Bytes noise = random_bytes(1, 256 * limits::kKiB);
  const Histogram sample = sample_bytes(noise, 8);
  EXPECT_EQ(std::accumulate(sample.begin(), sample.end(), 0U), 32 * limits::kKiB);
  const Histogram all = sample_bytes(ByteView(noise).first(1000), 8);
  EXPECT_EQ(std::accumulate(all.begin(), all.end(), 0U), 1000u);
}

}  // namespace
}  // namespace granary::codec
