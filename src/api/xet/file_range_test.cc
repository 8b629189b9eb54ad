// Ranges of files: what clients send is read, and nothing else is guessed at.
#include "api/xet/file_range.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>

namespace granary::api::xet {
namespace {

constexpr std::uint64_t kMost = UINT64_MAX;

std::pair<std::uint64_t, std::uint64_t> bytes_of(std::string_view header) {
  const auto span = parse_file_range(header);
  EXPECT_TRUE(span) << header;
  return span ? std::pair(span->first_byte, span->last_byte) : std::pair(kMost, std::uint64_t{0});
}

TEST(FileRange, WithoutAHeaderItIsTheWholeFile) {
  const auto span = parse_file_range(std::nullopt);
  ASSERT_TRUE(span);
  EXPECT_EQ(std::pair(span->first_byte, span->last_byte), std::pair(std::uint64_t{0}, kMost));
}

TEST(FileRange, ReadsARangeWithAndWithoutAnEnd) {
  using Pair = std::pair<std::uint64_t, std::uint64_t>;
  EXPECT_EQ(bytes_of("bytes=0-255999999"), Pair(0, 255'999'999));
  EXPECT_EQ(bytes_of("bytes=7-7"), Pair(7, 7));
  EXPECT_EQ(bytes_of("bytes=256000000-"), Pair(256'000'000, kMost));
  EXPECT_EQ(bytes_of(" Bytes= 1-2 "), Pair(1, 2));
}

TEST(FileRange, NumbersBeyondSixtyFourBitsLiePastAnyEnd) {
  using Pair = std::pair<std::uint64_t, std::uint64_t>;
  EXPECT_EQ(bytes_of("bytes=5-18446744073709551616"), Pair(5, kMost));
  EXPECT_EQ(bytes_of("bytes=99999999999999999999999-99999999999999999999999"), Pair(kMost, kMost));
}

TEST(FileRange, WhatIsNotOneRangeIsRefused) {
  for (const std::string_view header :
       {"", "bytes", "bytes=", "bytes=-", "bytes=-5", "bytes=5", "bytes=2-1", "bytes=a-b",
        "bytes=1-2x", "bytes=+1-2", "bytes=1--2", "bytes=0x1-2", "bytes=1-2,4-5", "bytes=1 -2",
        "items=1-2", "bytes 1-2"}) {
    const auto span = parse_file_range(header);
    ASSERT_FALSE(span) << header;
    EXPECT_EQ(span.error().kind, ErrorKind::Invalid);
  }
}

TEST(DirtyRanges, AreReadInAscendingOrder) {
  using Spans = std::vector<chunk::ByteSpan>;
  EXPECT_EQ(parse_dirty_ranges("bytes=0-9").value(), (Spans{{0, 10}}));
  EXPECT_EQ(parse_dirty_ranges("bytes=0-9,10-10, 20-99999999999999999999").value(),
            (Spans{{0, 10}, {10, 11}, {20, kMost}}));
  std::string many = "bytes=0-0";
  for (int at = 1; at < 1000; ++at) many += "," + std::to_string(at) + "-" + std::to_string(at);
  EXPECT_EQ(parse_dirty_ranges(many)->size(), 1000u);
  EXPECT_FALSE(parse_dirty_ranges(many + ",1000-1000"));
}

TEST(DirtyRanges, WhatIsNoSuchListIsRefused) {
  EXPECT_FALSE(parse_dirty_ranges(std::nullopt));
  for (const std::string_view header :
       {"", "bytes=", "bytes=,", "bytes=1-2,", "bytes=1-", "bytes=-2", "bytes=2-1", "bytes=5-9,1-2",
        "bytes=1-5,5-6", "items=1-2", "bytes=1-2;4-5",
        "bytes=99999999999999999999-99999999999999999999"}) {
    const auto ranges = parse_dirty_ranges(header);
    ASSERT_FALSE(ranges) << header;
    EXPECT_EQ(ranges.error().kind, ErrorKind::Invalid);
  }
}

}  // namespace
}  // namespace granary::api::xet
