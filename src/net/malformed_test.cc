// What a connection refuses: one table of requests that are malformed, or that two servers could
// read in two ways, and one of odd requests that are legal. Source: RFC 9112; the reasons stand
// beside each.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "base/limits.h"
#include "net/exchange.h"

namespace granary::net {
namespace {

Task<Response> echo(Request& request) {
  auto body = co_await request.body().read_all(1024 * 1024);
  if (!body) co_return Response::json(422, error_json(body.error().message));
  co_return Response::text(200, std::string(request.raw_path()) + " [" + *body + "]");
}

using namespace std::string_literals;

struct Case {
  std::string name;
  std::string bytes;
};

std::string get(const std::string& headers) {
  return "GET / HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
}
std::string post(const std::string& headers, const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n" + body;
}
std::string chunked(const std::string& body) {
  return post("Transfer-Encoding: chunked\r\n", body);
}

/// Another request behind each case: it must not be answered, whatever came before it.
const std::string kSmuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

std::vector<Case> malformed_heads() {
  return {
      // Framing: where does this request end?
      {"length before chunked",
       post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
      {"chunked before length",
       post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n")},
      {"two lengths that differ", post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello")},
      {"two lengths that agree", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello")},
      {"a list of lengths", post("Content-Length: 5, 5\r\n", "hello")},
      {"length with a plus", post("Content-Length: +5\r\n", "hello")},
      {"length in hex", post("Content-Length: 0x5\r\n", "hello")},
      {"negative length", post("Content-Length: -5\r\n", "hello")},
      {"empty length", post("Content-Length: \r\n", "hello")},
      {"length over 2^64", post("Content-Length: 18446744073709551616\r\n", "hello")},
      {"length with a fraction", post("Content-Length: 5.0\r\n", "hello")},
      {"length with text behind", post("Content-Length: 5 5\r\n", "hello")},
      {"coding twice",
       post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")},
      {"coding identity", post("Transfer-Encoding: identity\r\n", "hello")},
      {"coding xchunked", post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n")},
      {"coding chunked, identity", post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n")},
      {"coding gzip, chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")},
      {"coding chunked, chunked", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n")},
      {"empty coding", post("Transfer-Encoding: \r\n", "0\r\n\r\n")},
      {"coding with a vertical tab", post("Transfer-Encoding: \x0b"
                                          "chunked\r\n",
                                          "0\r\n\r\n")},
      {"coding in HTTP/1.0",
       "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {"coding folded", post("Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n")},
      // Lines: what is one field?
      {"space before colon", get("Accept : a\r\n")},
      {"tab before colon", get("Accept\t: a\r\n")},
      {"first field folded", "GET / HTTP/1.1\r\n Host: x\r\n\r\n"},
      {"later field folded", get("Accept: a\r\n b\r\n")},
      {"field folded by tab", get("Accept: a\r\n\tb\r\n")},
      {"bare LF after the request line", "GET / HTTP/1.1\nHost: x\r\n\r\n"},
      {"bare LF after a field", "GET / HTTP/1.1\r\nHost: x\nAccept: a\r\n\r\n"},
      {"bare LF at the end", "GET / HTTP/1.1\r\nHost: x\r\n\n"},
      {"bare LF everywhere", "GET / HTTP/1.1\nHost: x\n\n"},
      {"bare CR in a value", get("Accept: a\rb\r\n")},
      {"bare CR as line end", "GET / HTTP/1.1\rHost: x\r\n\r\n"},
      {"NUL in a value", get("Accept: a\0b\r\n"s)},
      {"NUL in a name", get("Acc\0ept: a\r\n"s)},
      {"control byte in a value", get("Accept: a\x01\r\n")},
      {"DEL in a value", get("Accept: a\x7f\r\n")},
      {"empty name", get(": a\r\n")},
      {"no colon", get("Accept\r\n")},
      {"name in brackets", get("(Accept): a\r\n")},
      {"UTF-8 in a name", get("Acc\xc3\xa9pt: a\r\n")},
      {"two empty lines first", "\r\n\r\n" + get("")},
  };
}

std::vector<Case> malformed_request_lines() {
  const std::string long_line(limits::kHeaderSizeBytesMax, 'a');
  return {
      // Request line: which resource, which version?
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: x\r\n\r\n"},
      {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: x\r\n\r\n"},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
      {"HTTP/0.9", "GET /\r\n\r\n"},
      {"lower-case version", "GET / http/1.1\r\nHost: x\r\n\r\n"},
      {"two spaces", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"tab for a space", "GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"space first", " GET / HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"space in the path", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"UTF-8 in the path", "GET /\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"fragment", "GET /#a HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"escape cut short", "GET /%4 HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"escape that is not hex", "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"escaped NUL", "GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"bad escape in the query", "GET /?a=%4 HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"no path", "GET x HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"star for GET", "GET * HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"CONNECT", "CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n"},
      {"a TLS handshake", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s},
  };
}

std::vector<Case> more_malformed_heads() {
  const std::string long_line(limits::kHeaderSizeBytesMax, 'a');
  return {
      // Host: whose resource?
      {"no Host", "GET / HTTP/1.1\r\nAccept: a\r\n\r\n"},
      {"two Hosts that differ", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"},
      {"two Hosts that agree", "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n"},
      {"two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: x\r\nHost: x\r\n\r\n"},
      {"a list of Hosts", "GET / HTTP/1.1\r\nHost: x, y\r\n\r\n"},
      {"Host with a path", "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n"},
      {"Host with a user", "GET / HTTP/1.1\r\nHost: a@x\r\n\r\n"},
      {"absolute target of another host", "GET http://y/ HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"absolute target of another port", "GET http://x:81/ HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"absolute target with a user", "GET http://a@x/ HTTP/1.1\r\nHost: x\r\n\r\n"},
      {"absolute target of another scheme", "GET ftp://x/ HTTP/1.1\r\nHost: x\r\n\r\n"},
      // Sizes.
      {"one field too long", get("Accept: " + long_line + "\r\n")},
      {"a request line too long", "GET /" + long_line + " HTTP/1.1\r\nHost: x\r\n\r\n"},
  };
}

TEST(Malformed, HeadsAreAnswered400OnceAndTheConnectionCloses) {
  std::vector<Case> cases = malformed_heads();
  std::ranges::copy(more_malformed_heads(), std::back_inserter(cases));
  std::ranges::copy(malformed_request_lines(), std::back_inserter(cases));
  for (const Case& one : cases) {
    const std::string reply = exchange(echo, one.bytes + kSmuggled);
    EXPECT_TRUE(reply.starts_with("HTTP/1.1 400 ") || reply.starts_with("HTTP/1.1 431 "))
        << one.name << ": " << reply.substr(0, 200);
    EXPECT_NE(reply.find("\r\nConnection: close\r\n"), std::string::npos) << one.name;
    EXPECT_EQ(reply.find("HTTP/1.1 ", 1), std::string::npos) << one.name << ": " << reply;
    EXPECT_EQ(reply.find("smuggled"), std::string::npos) << one.name;
  }
}

TEST(Malformed, HeadsThatEndEarlyAreAnswered400) {
  for (const std::string bytes : {"G", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: x\r\n"}) {
    EXPECT_TRUE(exchange(echo, bytes).starts_with("HTTP/1.1 400 ")) << bytes;
  }
  EXPECT_EQ(exchange(echo, ""), "");
  EXPECT_EQ(exchange(echo, "\r\n"), "");
}

TEST(Malformed, TooManyFieldsAreAnswered431) {
  std::string fields;
  for (std::size_t i = 0; i < limits::kHeaderCountMax - 1; ++i) fields += "A: b\r\n";
  EXPECT_TRUE(exchange(echo, get(fields)).starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(exchange(echo, get(fields + "A: b\r\n")).starts_with("HTTP/1.1 431 "));
}

TEST(Malformed, ATargetIsTakenUpToItsLimit) {
  const std::string path(limits::kTargetSizeBytesMax - 1, 'a');
  EXPECT_TRUE(
      exchange(echo, "GET /" + path + " HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 200 "));
  EXPECT_TRUE(exchange(echo, "GET /a" + path + " HTTP/1.1\r\nHost: x\r\n\r\n")
                  .starts_with("HTTP/1.1 431 "));
}

TEST(Malformed, ChunkedBodiesEndTheConnectionAtTheFirstBadByte) {
  const std::vector<Case> cases = {
      {"size in C form", "0x3\r\nabc\r\n0\r\n\r\n"},
      {"space before size", " 3\r\nabc\r\n0\r\n\r\n"},
      {"space after size", "3 \r\nabc\r\n0\r\n\r\n"},
      {"negative size", "-3\r\nabc\r\n0\r\n\r\n"},
      {"size that is not hex", "g\r\nabc\r\n0\r\n\r\n"},
      {"no size", "\r\nabc\r\n0\r\n\r\n"},
      {"extension without size", ";a\r\nabc\r\n0\r\n\r\n"},
      {"size of 17 digits", "00000000000000003\r\nabc\r\n0\r\n\r\n"},
      {"size over 2^64", "10000000000000003\r\nabc\r\n0\r\n\r\n"},
      {"bare LF after size", "3\nabc\r\n0\r\n\r\n"},
      {"bare CR after size", "3\rabc\r\n0\r\n\r\n"},
      {"bare LF after data", "3\r\nabc\n0\r\n\r\n"},
      {"data longer than size", "3\r\nabcd\r\n0\r\n\r\n"},
      {"bare LF in an extension", "3;a\nb\r\nabc\r\n0\r\n\r\n"},
      {"NUL in an extension", "3;a\0\r\nabc\r\n0\r\n\r\n"s},
      {"long extension", "3;" + std::string(65536, 'a') + "\r\nabc\r\n0\r\n\r\n"},
      {"bare LF at the end", "3\r\nabc\r\n0\r\n\n"},
      {"bare LF in trailers", "3\r\nabc\r\n0\r\nA: b\n\r\n"},
      {"long trailers", "3\r\nabc\r\n0\r\nA: " + std::string(65536, 'a') + "\r\n\r\n"},
  };
  for (const Case& one : cases) {
    const std::string reply = exchange(echo, chunked(one.bytes) + kSmuggled);
    EXPECT_TRUE(reply.starts_with("HTTP/1.1 422 ")) << one.name << ": " << reply.substr(0, 200);
    EXPECT_NE(reply.find("\r\nConnection: close\r\n"), std::string::npos) << one.name;
    EXPECT_EQ(reply.find("HTTP/1.1 ", 1), std::string::npos) << one.name << ": " << reply;
  }
}

TEST(Odd, ButLegalRequestsAreServed) {
  const std::vector<std::pair<Case, std::string>> cases = {
      {{"an empty line first", "\r\n" + get("")}, "/ []"},
      {{"no fields in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n"}, "/ []"},
      {{"absolute target", "GET http://X/a HTTP/1.1\r\nHost: x\r\n\r\n"}, "/a []"},
      {{"no space after colon", "GET / HTTP/1.1\r\nHost:x\r\n\r\n"}, "/ []"},
      {{"tabs around a value", get("Accept:\ta\t\r\n")}, "/ []"},
      {{"empty value", get("Accept:\r\n")}, "/ []"},
      {{"length with leading zeros", post("Content-Length: 005\r\n", "hello")}, "/ [hello]"},
      {{"capital coding", post("Transfer-Encoding: Chunked\r\n", "3\r\nabc\r\n0\r\n\r\n")},
       "/ [abc]"},
      {{"two zeros as last chunk", chunked("3\r\nabc\r\n00\r\n\r\n")}, "/ [abc]"},
      {{"size of 16 digits", chunked("0000000000000003\r\nabc\r\n0\r\n\r\n")}, "/ [abc]"},
      {{"extension", chunked("3;a=\"b\"\r\nabc\r\n0;c\r\n\r\n")}, "/ [abc]"},
      {{"trailers", chunked("3\r\nabc\r\n0\r\nA: b\r\nC: d\r\n\r\n")}, "/ [abc]"},
      {{"capital hex size", chunked("A\r\n0123456789\r\n0\r\n\r\n")}, "/ [0123456789]"},
      {{"empty chunked body", chunked("0\r\n\r\n")}, "/ []"},
      {{"body with GET", get("Content-Length: 2\r\n") + "ab"}, "/ [ab]"},
      {{"star for OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"}, "* []"},
      {{"unknown method", "BREW / HTTP/1.1\r\nHost: x\r\n\r\n"}, "/ []"},
      {{"host of an IPv6 address", "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n"}, "/ []"},
  };
  for (const auto& [one, body] : cases) {
    const std::string reply = exchange(echo, one.bytes);
    EXPECT_TRUE(reply.starts_with("HTTP/1.1 200 ")) << one.name << ": " << reply;
    EXPECT_TRUE(reply.ends_with("\r\n\r\n" + body)) << one.name << ": " << reply;
  }
}

}  // namespace
}  // namespace granary::net
