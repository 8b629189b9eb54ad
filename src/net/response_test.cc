// Header lists, response heads, dates, request ids and forwarded origins.
#include "net/response.h"

#include <gtest/gtest.h>

#include <set>

#include "base/sim_env.h"
#include "net/head_parser.h"
#include "net/http_date.h"
#include "net/request_ids.h"
#include "net/response_writer.h"
#include "net/trusted_proxies.h"

namespace granary::net {
namespace {

TEST(HeaderList, FindsReplacesAndRemovesWithoutRegardToCase) {
  HeaderList list;
  list.add("ETag", "\"a\"");
  list.add("Link", "<x>");
  list.add("link", "<y>");
  list.add("X-Linked-Size", 18446744073709551615ULL);
  EXPECT_EQ(list.find("etag"), "\"a\"");
  EXPECT_EQ(list.find("x-linked-size"), "18446744073709551615");
  list.set("LINK", "<z>");
  EXPECT_EQ(list.text(), "ETag: \"a\"\r\nX-Linked-Size: 18446744073709551615\r\nLINK: <z>\r\n");
  list.remove("etag");
  EXPECT_FALSE(list.has("ETag"));
}

TEST(HeaderList, LetsNoValueStartAnotherField) {
  HeaderList list;
  list.add("X-Error-Message",
           "a\r\nSet-Cookie: b\0c"
           "\x7f\t\xc3\xa9");
  EXPECT_EQ(list.text(), "X-Error-Message: a  Set-Cookie: b\r\n");
  list.set("X-Error-Message", std::string_view("b\0c\x7f\t\xc3\xa9", 7));
  EXPECT_EQ(list.find("X-Error-Message"), "b c \t\xc3\xa9");
}

TEST(ResponseHead, IsWrittenInOneFixedOrder) {
  Response response = Response::json(404, "{}");
  response.headers.add("ETag", "\"a\"");
  std::string out;
  const ReplyFacts facts{.request_id = "id-1", .date = "Tue, 24 Nov 2026 11:00:00 GMT"};
  EXPECT_EQ(append_response_head(out, response, facts), Framing::Length);
  EXPECT_EQ(out,
            "HTTP/1.1 404 Not Found\r\nServer: granary\r\nDate: Tue, 24 Nov 2026 11:00:00 GMT\r\n"
            "X-Request-Id: id-1\r\nContent-Type: application/json; charset=utf-8\r\n"
            "ETag: \"a\"\r\nContent-Length: 2\r\n\r\n");
}

TEST(ResponseHead, NamesNoLengthWhereThereIsNoContent) {
  for (const int status : {204, 304}) {
    std::string out;
    EXPECT_EQ(append_response_head(out, Response::empty(status), {}), Framing::None);
    EXPECT_EQ(out.find("Content-Length"), std::string::npos);
  }
  std::string out;
  EXPECT_EQ(append_response_head(out, Response::redirect(302, "/a"), {}), Framing::Length);
  EXPECT_NE(out.find("Location: /a\r\nContent-Length: 0\r\n"), std::string::npos);
}

TEST(ErrorJson, EscapesWhatJsonMustNotHold) {
  EXPECT_EQ(error_json("a \"b\" \\ \n"), "{\"error\":\"a \\\"b\\\" \\\\ \\u000a\"}");
}

TEST(HttpDate, RoundTrips) {
  const WallTime time{std::chrono::seconds{1795518000}};
  EXPECT_EQ(format_http_date(time), "Tue, 24 Nov 2026 11:00:00 GMT");
  EXPECT_EQ(format_http_date(WallTime{}), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(*parse_http_date("Tue, 24 Nov 2026 11:00:00 GMT"), time);
  for (const std::string_view bad :
       {"", "Tue, 24 Nov 2026 11:00:00", "Wed, 24 Nov 2026 11:00:00 GMT",
        "Tue, 31 Feb 2026 11:00:00 GMT", "Tue, 24 Nov 2026 25:00:00 GMT",
        "Tue, 24 Nov 2026 11:00:00 CET", "Tue, xx Nov 2026 11:00:00 GMT"}) {
    EXPECT_FALSE(parse_http_date(bad)) << bad;
  }
}

TEST(RequestIds, DoNotRepeatAndAreSane) {
  SimRandom random(7);
  RequestIds ids(random);
  std::set<std::string> seen;
  for (int i = 0; i < 10000; ++i) {
    const std::string id = ids.next();
    EXPECT_TRUE(is_request_id(id));
    EXPECT_TRUE(seen.insert(id).second);
  }
  EXPECT_TRUE(is_request_id("Root=1-67891233-abcdef012345678912345678"));
  for (const std::string& bad : {std::string(), std::string(129, 'a'), std::string("a b"),
                                 std::string("a\"b"), std::string("a<b")}) {
    EXPECT_FALSE(is_request_id(bad)) << bad;
  }
}

RequestHead forwarded(const std::string& fields) {
  return *parse_head("GET / HTTP/1.1\r\nHost: inner\r\n" + fields + "\r\n");
}

TEST(TrustedProxies, AreRangesOfBothFamilies) {
  const auto proxies = TrustedProxies::create({"127.0.0.1", "10.0.0.0/8", "fd00::/8"});
  ASSERT_TRUE(proxies);
  for (const auto yes : {"127.0.0.1", "10.255.0.1", "fd12::1", "::ffff:10.0.0.1"}) {
    EXPECT_TRUE(proxies->contains(yes)) << yes;
  }
  for (const auto no : {"127.0.0.2", "11.0.0.1", "fe80::1", "", "x"}) {
    EXPECT_FALSE(proxies->contains(no)) << no;
  }
  EXPECT_FALSE(TrustedProxies::create({"10.0.0.0/99"}));
  EXPECT_FALSE(TrustedProxies::create({"proxy.lan"}));
  EXPECT_FALSE(TrustedProxies().contains("127.0.0.1"));
}

TEST(TrustedProxies, SayWhatTheClientUsedButNotWhatItClaims) {
  const auto proxies = TrustedProxies::create({"10.0.0.0/8"});
  RequestOrigin origin{
      .peer_address = "10.0.0.1", .scheme = "http", .host = "inner", .request_id = {}};
  proxies->apply(forwarded("X-Forwarded-Proto: https\r\nX-Forwarded-Host: evil, hub.example\r\n"
                           "X-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.0.0.2\r\n"),
                 origin);
  EXPECT_EQ(origin.scheme, "https");
  EXPECT_EQ(origin.host, "hub.example");
  EXPECT_EQ(origin.peer_address, "203.0.113.9");
}

TEST(TrustedProxies, AreNotBelievedWhenTheySayNonsense) {
  const auto proxies = TrustedProxies::create({"10.0.0.0/8"});
  RequestOrigin origin{
      .peer_address = "10.0.0.1", .scheme = "http", .host = "inner", .request_id = {}};
  proxies->apply(forwarded("X-Forwarded-Proto: javascript\r\nX-Forwarded-Host: a/b\r\n"
                           "X-Forwarded-For: unknown\r\n"),
                 origin);
  EXPECT_EQ(origin.scheme, "http");
  EXPECT_EQ(origin.host, "inner");
  EXPECT_EQ(origin.peer_address, "10.0.0.1");
}

}  // namespace
}  // namespace granary::net
