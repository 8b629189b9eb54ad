// Tests of sparse planes: round trips at all densities, sizes, hostile bytes.
#include "codec/sparse_plane.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "base/limits.h"
#include "codec/plain_kernels_testing.h"

namespace granary::codec {
namespace {

using Symbols = std::vector<std::uint8_t>;

Symbols drawn(std::mt19937_64& numbers, double share_of_others, std::size_t count) {
  std::bernoulli_distribution is_other(share_of_others);
  std::geometric_distribution<int> other(0.5);
  Symbols symbols(count);
  for (auto& symbol : symbols)
    if (is_other(numbers)) symbol = static_cast<std::uint8_t>(1 + other(numbers));
  return symbols;
}

class SparsePlaneTest : public ::testing::TestWithParam<const Kernels*> {
 protected:
  Bytes encode(const Symbols& symbols) {
    Bytes coded(sparse_plane_size_bytes_max(symbols.size()));
    coded.resize(encode_sparse_plane(*GetParam(), scratch_, symbols,
                                     reinterpret_cast<std::uint8_t*>(coded.data())));
    return coded;
  }
  void expect_round_trip(const Symbols& symbols) {
    Bytes coded = encode(symbols);
    put_u8(coded, 77);
    ByteView rest = coded;
    Symbols out(symbols.size());
    ASSERT_TRUE(decode_sparse_plane(*GetParam(), scratch_, rest, out));
    EXPECT_EQ(rest.size(), 1U);
    EXPECT_EQ(out, symbols) << symbols.size();
  }
  Scratch scratch_;
  std::mt19937_64 numbers_{1};
};

TEST_P(SparsePlaneTest, PlanesOfAnyDensityComeBack) {
  for (const double share : {0.0, 0.0001, 0.01, 0.1, 0.3, 0.375, 0.38, 0.7, 1.0})
    for (const std::size_t count : {0U, 1U, 63U, 64U, 65U, 1000U, 4095U, 40'000U})
      expect_round_trip(drawn(numbers_, share, count));
}

TEST_P(SparsePlaneTest, ZerosTakeThreeBytes) {
  EXPECT_EQ(to_hex(encode(Symbols(262'144))), "000100");
  ByteView zeros = as_bytes(std::string_view("\0\1\0rest", 7));
  EXPECT_TRUE(take_zero_plane(zeros, 5));
  EXPECT_EQ(as_text(zeros), "rest");
  EXPECT_FALSE(take_zero_plane(zeros, 5));
  EXPECT_TRUE(take_zero_plane(zeros, 0));
}

TEST_P(SparsePlaneTest, FewOthersTakeLittleMoreThanTheirEntropy) {
  for (const double share : {0.001, 0.01, 0.1}) {
    const Symbols symbols = drawn(numbers_, share, 262'144);
    const double bits = -share * std::log2(share) - (1 - share) * std::log2(1 - share) + 2 * share;
    EXPECT_LE(static_cast<double>(encode(symbols).size()) * 8, 1.06 * bits * 262'144 + 2000)
        << share;
  }
}

TEST_P(SparsePlaneTest, HostileBytesAreRefusedOrDecoded) {
  const Symbols symbols = drawn(numbers_, 0.02, 5001);
  const Bytes coded = encode(symbols);
  Symbols out(symbols.size());
  for (std::size_t size = 0; size < coded.size(); ++size) {
    ByteView cut = ByteView(coded).first(size);
    EXPECT_FALSE(decode_sparse_plane(*GetParam(), scratch_, cut, out));
  }
  for (int i = 0; i < 1000; ++i) {
    Bytes damaged = coded;
    damaged[numbers_() % damaged.size()] ^= static_cast<std::byte>(1U << numbers_() % 8);
    ByteView rest = damaged;
    const auto done = decode_sparse_plane(*GetParam(), scratch_, rest, out);
    if (!done) EXPECT_EQ(done.error().kind, ErrorKind::Corrupt);
  }
}

TEST_P(SparsePlaneTest, ABitmapOfTooFewSymbolsIsCorrupt) {
  Symbols out(63);
  ByteView coded = as_bytes(std::string_view("\1\0\1\0", 4));
  EXPECT_FALSE(decode_sparse_plane(*GetParam(), scratch_, coded, out));
  out.resize(65);  // the bitmap's ninth byte has one bit
  ByteView beyond = as_bytes(std::string_view("\1\0\1\2\0\1\7", 7));
  EXPECT_FALSE(decode_sparse_plane(*GetParam(), scratch_, beyond, out));
}

INSTANTIATE_TEST_SUITE_P(AllKernels, SparsePlaneTest, ::testing::ValuesIn(kernels_to_test()),
                         [](const auto& info) { return std::string(info.param->name); });

}  // namespace
}  // namespace granary::codec
