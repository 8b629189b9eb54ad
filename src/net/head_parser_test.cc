// Heads as values: what is read out of them, and that a head cut anywhere reads the same.
#include "net/head_parser.h"

#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"

namespace granary::net {
namespace {

const std::string kHead =
    "PUT /a/b?c=d HTTP/1.1\r\nhost: Granary.lan:8080\r\nContent-Length: 42\r\n"
    "X-Tag: one\r\nx-tag: two\r\nExpect: 100-Continue\r\nConnection: close\r\n\r\n";

TEST(Head, IsReadWhole) {
  const auto head = parse_head(kHead);
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ(head->method, Method::Put);
  EXPECT_EQ(head->method_name(), "PUT");
  EXPECT_EQ(head->target(), "/a/b?c=d");
  EXPECT_EQ(head->header("HOST"), "Granary.lan:8080");
  EXPECT_EQ(head->header("X-Tag"), "one");
  EXPECT_EQ(head->header("Missing"), std::nullopt);
  EXPECT_EQ(head->header_count(), 6U);
  EXPECT_EQ(head->header_at(3).value, "two");
  EXPECT_EQ(head->content_length, 42U);
  EXPECT_TRUE(head->expects_continue);
  EXPECT_FALSE(head->keep_alive);
  EXPECT_FALSE(head->chunked);
  EXPECT_FALSE(head->is_http_1_0);
}

TEST(Head, OutlivesAMoveOfItself) {
  auto head = parse_head("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(head);
  const RequestHead moved = std::move(*head);
  EXPECT_EQ(moved.target(), "/");
  EXPECT_EQ(moved.header("Host"), "x");
}

TEST(Head, KeepsTheConnectionAsItsVersionSays) {
  EXPECT_TRUE(parse_head("GET / HTTP/1.1\r\nHost: x\r\n\r\n")->keep_alive);
  EXPECT_FALSE(parse_head("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")->keep_alive);
  EXPECT_FALSE(parse_head("GET / HTTP/1.0\r\nHost: x\r\n\r\n")->keep_alive);
  EXPECT_TRUE(parse_head("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")->keep_alive);
  EXPECT_FALSE(parse_head("PUT / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n")->expects_continue);
}

TEST(HeadEnd, IsFoundHoweverTheBytesCome) {
  for (const std::string before : {"", "\r\n"}) {
    const std::string wire = before + kHead;
    HeadScan scan;
    for (std::size_t size = 0; size < wire.size(); ++size) {
      const auto end = find_head_end(wire.substr(0, size), scan);
      ASSERT_TRUE(end) << end.error().message << " at " << size;
      EXPECT_FALSE(*end) << size;
    }
    const auto end = find_head_end(wire + "body", scan);
    ASSERT_TRUE(end);
    EXPECT_EQ(*end, wire.size());
    EXPECT_EQ(scan.head_start, before.size());
  }
}

TEST(HeadEnd, IsLookedForUpToTheLimit) {
  const std::string start = "GET / HTTP/1.1\r\nHost: x\r\nA: ";
  const std::string end = "\r\n\r\n";
  const std::string longest =
      start + std::string(limits::kHeaderSizeBytesMax - start.size() - end.size(), 'a') + end;
  HeadScan scan;
  ASSERT_TRUE(find_head_end(longest, scan));
  EXPECT_TRUE(parse_head(longest));
  HeadScan again;
  const auto over = find_head_end("GET / HTTP/1.1\r\nA: a" + longest.substr(14), again);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().kind, ErrorKind::TooLarge);
}

}  // namespace
}  // namespace granary::net
