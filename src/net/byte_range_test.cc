// Tests of Range headers and entity tags: the shapes clients send, and a property over random ones.
#include "net/byte_range.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace granary::net {
namespace {

ChosenRange part(std::uint64_t offset_bytes, std::uint64_t size_bytes) {
  return {RangeKind::Part, offset_bytes, size_bytes};
}
ChosenRange whole(std::uint64_t size_bytes) { return {RangeKind::Whole, 0, size_bytes}; }
const ChosenRange kUnsatisfiable{.kind = RangeKind::Unsatisfiable};

TEST(ByteRange, GivesTheBytesThatOneRangeNames) {
  EXPECT_EQ(choose_range("bytes=0-0", 100), part(0, 1));
  EXPECT_EQ(choose_range("bytes=10-19", 100), part(10, 10));
  EXPECT_EQ(choose_range("bytes=10-", 100), part(10, 90));
  EXPECT_EQ(choose_range("bytes=-10", 100), part(90, 10));
  EXPECT_EQ(choose_range("Bytes=0-99", 100), part(0, 100));
  EXPECT_EQ(choose_range("bytes= 5-6 ", 100), part(5, 2));
}

TEST(ByteRange, AnEndPastTheFileIsTheEndOfTheFile) {
  EXPECT_EQ(choose_range("bytes=0-100000", 100), part(0, 100));
  EXPECT_EQ(choose_range("bytes=-100000", 100), part(0, 100));
  EXPECT_EQ(choose_range("bytes=99-18446744073709551616", 100), part(99, 1));
  EXPECT_EQ(choose_range("bytes=-99999999999999999999999", 100), part(0, 100));
}

TEST(ByteRange, AStartPastTheFileCannotBeSatisfied) {
  EXPECT_EQ(choose_range("bytes=100-", 100), kUnsatisfiable);
  EXPECT_EQ(choose_range("bytes=100-200", 100), kUnsatisfiable);
  EXPECT_EQ(choose_range("bytes=-0", 100), kUnsatisfiable);
  EXPECT_EQ(choose_range("bytes=99999999999999999999-", 100), kUnsatisfiable);
  EXPECT_EQ(choose_range("bytes=200-300,400-", 100), kUnsatisfiable);
}

TEST(ByteRange, SeveralRangesGetTheWholeFile) {
  EXPECT_EQ(choose_range("bytes=0-1,5-6", 100), whole(100));
  EXPECT_EQ(choose_range("bytes=0-1,200-300", 100), whole(100));
  std::string many = "bytes=0-1";
  for (int i = 0; i < 1000; ++i) many += ",0-1";
  EXPECT_EQ(choose_range(many, 100), whole(100));
}

TEST(ByteRange, WhatIsMalformedGetsTheWholeFile) {
  for (const char* header : {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=1", "bytes=5-2",
                             "bytes=0x1-2", "bytes=1-2-3", "bytes=+1-2", "items=0-1", "bytes 0-1",
                             "bytes=0-1;2", "bytes=1 -2", "bytes=,", "=0-1"}) {
    EXPECT_EQ(choose_range(header, 100), whole(100)) << header;
  }
}

TEST(ByteRange, AnEmptyFileHasNoRanges) {
  EXPECT_EQ(choose_range("bytes=0-0", 0), whole(0));
  EXPECT_EQ(choose_range("bytes=-1", 0), whole(0));
}

TEST(ByteRange, AChosenPartNeverLeavesTheFile) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  const std::string alphabet = "0123456789-,= \tbytes";
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t size_bytes = random() >> (random() % 64);
    std::string header = "bytes=";
    switch (random() % 3) {
      case 0: header += std::to_string(random() >> (random() % 64)); [[fallthrough]];
      case 1: header += "-" + std::to_string(random() >> (random() % 64)); break;
      default:
        for (auto left = random() % 24; left > 0; --left) {
          header += alphabet[random() % alphabet.size()];
        }
    }
    const ChosenRange range = choose_range(header, size_bytes);
    if (range.kind == RangeKind::Unsatisfiable) continue;
    ASSERT_LE(range.offset_bytes, size_bytes) << header;
    ASSERT_LE(range.size_bytes, size_bytes - range.offset_bytes) << header;
    if (range.kind == RangeKind::Part) ASSERT_GT(range.size_bytes, 0U) << header;
    if (range.kind == RangeKind::Whole) ASSERT_EQ(range.size_bytes, size_bytes) << header;
  }
}

TEST(ByteRange, ContentRangeNamesThePartAndTheWhole) {
  EXPECT_EQ(content_range(part(0, 1), 100), "bytes 0-0/100");
  EXPECT_EQ(content_range(part(90, 10), 100), "bytes 90-99/100");
  EXPECT_EQ(content_range(kUnsatisfiable, 100), "bytes */100");
}

TEST(EntityTag, IsFoundInAListWhetherWeakOrNot) {
  EXPECT_TRUE(names_etag("\"abc\"", "\"abc\""));
  EXPECT_TRUE(names_etag("W/\"abc\"", "\"abc\""));
  EXPECT_TRUE(names_etag("\"x\", W/\"y\" ,\"abc\"", "\"abc\""));
  EXPECT_TRUE(names_etag(" * ", "\"abc\""));
  for (const char* header : {"", "abc", "\"ab\"", "\"abcd\"", "\"abc", "\"x\",\"y\"", "**"}) {
    EXPECT_FALSE(names_etag(header, "\"abc\"")) << header;
  }
}

TEST(EntityTag, IfRangeWantsTheSameStrongTag) {
  EXPECT_TRUE(is_same_etag("\"abc\"", "\"abc\""));
  EXPECT_FALSE(is_same_etag("W/\"abc\"", "\"abc\""));
  EXPECT_FALSE(is_same_etag("Tue, 24 Nov 2026 00:00:00 GMT", "\"abc\""));
  EXPECT_FALSE(is_same_etag("*", "\"abc\""));
}

}  // namespace
}  // namespace granary::net
