// Targets are split before they are decoded, and decoded once.
#include "net/target.h"

#include <gtest/gtest.h>

namespace granary::net {
namespace {

using Segments = std::vector<std::string>;

TEST(Target, IsSplitFirstAndDecodedOnce) {
  const auto target = parse_target("/a%2Fb/c%20d/%2541");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->segments, (Segments{"a/b", "c d", "%41"}));
  EXPECT_EQ(target->path, "/a%2Fb/c%20d/%2541");
}

TEST(Target, KeepsEmptySegmentsButNotATrailingSlash) {
  EXPECT_EQ(parse_target("/")->segments, Segments{});
  EXPECT_EQ(parse_target("/a/")->segments, Segments{"a"});
  EXPECT_EQ(parse_target("/a//b")->segments, (Segments{"a", "", "b"}));
  EXPECT_EQ(parse_target("//")->segments, Segments{""});
  EXPECT_EQ(parse_target("/a/../b")->segments, (Segments{"a", "..", "b"}));
}

TEST(Target, KeepsRepeatedQueryKeysInOrder) {
  const auto target = parse_target("/a?x=1&expand%5B%5D=b&expand[]=c&x=2&&flag&e=&p=a+b%2Bc=d");
  ASSERT_TRUE(target);
  ASSERT_EQ(target->query.size(), 7U);
  EXPECT_EQ(target->query[0].value, "1");
  EXPECT_EQ(target->query[1].name, "expand");
  EXPECT_EQ(target->query[2].name, "expand");
  EXPECT_EQ(target->query[2].value, "c");
  EXPECT_EQ(target->query[3].value, "2");
  EXPECT_EQ(target->query[4].name, "flag");
  EXPECT_EQ(target->query[5].value, "");
  EXPECT_EQ(target->query[6].value, "a b+c=d");
  EXPECT_EQ(target->path, "/a");
}

TEST(Target, RefusesBadEscapesAndRawBytes) {
  for (const std::string_view bad : {"", "a", "/%", "/%4", "/%4g", "/%00", "/?%", "/?a=%0", "/ ",
                                     "/\x7f", "/\xc3\xa9", "/#", "?a", "/\t", "/?a=%00"}) {
    EXPECT_FALSE(parse_target(bad)) << bad;
  }
}

TEST(PercentEncoding, RoundTripsEveryByte) {
  std::string all;
  for (int byte = 1; byte < 256; ++byte) all.push_back(static_cast<char>(byte));
  EXPECT_EQ(*percent_decode(percent_encode(all)), all);
  EXPECT_EQ(*percent_decode(percent_encode_path(all)), all);
  EXPECT_EQ(percent_encode("a/b c~"), "a%2Fb%20c~");
  EXPECT_EQ(percent_encode_path("a/b c~"), "a/b%20c~");
}

}  // namespace
}  // namespace granary::net
