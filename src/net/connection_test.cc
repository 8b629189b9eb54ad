// Whole connections in memory: what goes in and what comes out, byte for byte.
#include "net/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/sim_env.h"
#include "net/exchange.h"
#include "net/pool.h"

namespace granary::net {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::size_t count_of(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

/// Pieces given one by one, then an error if one is set.
class Pieces final : public BodySource {
 public:
  Pieces(std::vector<std::string> pieces, std::optional<std::uint64_t> size, bool fails)
      : pieces_(std::move(pieces)), size_(size), fails_(fails) {}
  std::optional<std::uint64_t> size_bytes() const override { return size_; }
  Task<Result<Piece>> next() override {
    if (next_ < pieces_.size()) co_return Piece(as_bytes(pieces_[next_++]));
    if (fails_) co_return fail(ErrorKind::Corrupt, "block 7 is damaged");
    co_return Piece();
  }

 private:
  std::vector<std::string> pieces_;
  std::optional<std::uint64_t> size_;
  bool fails_;
  std::size_t next_ = 0;
};

Response pieces(std::vector<std::string> texts, std::optional<std::uint64_t> size,
                bool fails = false) {
  Response response;
  response.content = std::make_unique<Pieces>(std::move(texts), size, fails);
  return response;
}

/// One handler with everything the tests ask for.
Task<Response> site(Request& request) {
  const std::string_view path = request.raw_path();
  if (path == "/echo") {
    auto body = co_await request.body().read_all(1 << 20);
    if (!body) co_return Response::text(422, body.error().message);
    co_return Response::text(200, *body);
  }
  if (path == "/ignore") co_return Response::text(401, "who are you?");
  if (path == "/throw") throw std::runtime_error("secret detail");
  if (path == "/stream") co_return pieces({"{\"a\":1}\n", "", "{\"b\":2}\n"}, std::nullopt);
  if (path == "/sized") co_return pieces({"hello ", "world"}, 11);
  if (path == "/short") co_return pieces({"hello"}, 11);
  if (path == "/long") co_return pieces({"hello ", "world"}, 8);
  if (path == "/broken") co_return pieces({"hello"}, 11, true);
  if (path == "/broken-stream") co_return pieces({"hello"}, std::nullopt, true);
  if (path == "/shared") {
    Response response;
    response.content = std::make_shared<const std::string>("from a cache");
    co_return response;
  }
  if (path == "/size-only") {
    Response response;
    response.content = SizeOnly{5'000'000'000};
    co_return response;
  }
  if (path == "/big") co_return Response::text(200, std::string(1 << 20, 'b'));
  if (path == "/who") {
    co_return Response::text(200, request.base_url() + " " + std::string(request.peer_address()));
  }
  co_return Response::text(200, std::string(path));
}

std::string request(const std::string& line, const std::string& fields = "",
                    const std::string& body = "") {
  return line + " HTTP/1.1\r\nHost: hub.lan\r\n" + fields + "\r\n" + body;
}

TEST(Connection, CarriesRequestsOneAfterAnother) {
  const std::string reply = exchange(
      site, request("GET /a") + request("POST /echo", "Content-Length: 5\r\n", "hello") +
                request("GET /b") +
                request("POST /echo", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n") +
                request("GET /c"));
  EXPECT_EQ(count_of(reply, "HTTP/1.1 200 OK\r\n"), 5U);
  EXPECT_LT(reply.find("\r\n\r\n/a"), reply.find("\r\n\r\nhello"));
  EXPECT_LT(reply.find("\r\n\r\nhello"), reply.find("\r\n\r\n/b"));
  EXPECT_LT(reply.find("\r\n\r\n/b"), reply.find("\r\n\r\nabc"));
  EXPECT_THAT(reply, EndsWith("\r\n\r\n/c"));
}

TEST(Connection, AnswersAThousandPipelinedRequestsInOrder) {
  std::string requests;
  for (int i = 0; i < 1000; ++i) requests += request("GET /" + std::to_string(i));
  std::string_view reply_rest;
  const std::string reply = exchange(site, requests);
  reply_rest = reply;
  for (int i = 0; i < 1000; ++i) {
    const std::string end = "\r\n\r\n/" + std::to_string(i);
    const std::size_t at = reply_rest.find(end);
    ASSERT_NE(at, std::string_view::npos) << i;
    reply_rest.remove_prefix(at + end.size());
  }
  EXPECT_EQ(reply_rest, "");
}

TEST(Connection, ClosesWhenTheClientAsks) {
  const std::string reply =
      exchange(site, request("GET /a", "Connection: close\r\n") + request("GET /b"));
  EXPECT_THAT(reply, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(reply, EndsWith("/a"));
}

TEST(Connection, GivesHeadTheHeadersOfGetAndNoContent) {
  for (const std::string path : {"/a", "/sized", "/shared", "/big", "/stream"}) {
    const std::string reply = exchange(site, request("HEAD " + path) + request("GET /next"));
    EXPECT_EQ(count_of(reply, "HTTP/1.1 200 OK\r\n"), 2U) << reply;
    EXPECT_EQ(reply.find("HTTP/1.1 200", 1), reply.find("\r\n\r\n") + 4) << reply;
  }
  EXPECT_THAT(exchange(site, request("HEAD /big")), HasSubstr("\r\nContent-Length: 1048576\r\n"));
  EXPECT_THAT(exchange(site, request("HEAD /size-only")),
              HasSubstr("\r\nContent-Length: 5000000000\r\n"));
}

TEST(Connection, SendsContentOfEachKindWhole) {
  EXPECT_THAT(exchange(site, request("GET /shared")), EndsWith("\r\n\r\nfrom a cache"));
  EXPECT_THAT(exchange(site, request("GET /sized")),
              EndsWith("\r\nContent-Length: 11\r\n\r\nhello world"));
  EXPECT_THAT(exchange(site, request("GET /big")),
              EndsWith("\r\n\r\n" + std::string(1 << 20, 'b')));
  EXPECT_THAT(
      exchange(site, request("GET /stream") + request("GET /a")),
      HasSubstr("\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{\"a\":1}\n\r\n8\r\n{\"b\":2}\n\r\n"
                "0\r\n\r\nHTTP/1.1 200 OK\r\n"));
}

TEST(Connection, CutsAResponseThatCannotBeFinished) {
  for (const std::string path : {"/short", "/long", "/broken", "/broken-stream"}) {
    const std::string reply = exchange(site, request("GET " + path) + request("GET /next"));
    EXPECT_EQ(count_of(reply, "HTTP/1.1"), reply.empty() ? 0U : 1U) << path << ": " << reply;
    EXPECT_THAT(reply, Not(HasSubstr("\r\n0\r\n\r\n"))) << path;
    EXPECT_THAT(reply, Not(HasSubstr("hello world"))) << path;
  }
}

TEST(Connection, SpeaksHttp10) {
  const std::string plain = exchange(site, "GET /a HTTP/1.0\r\n\r\nGET /b HTTP/1.0\r\n\r\n");
  EXPECT_THAT(plain, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(plain, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(plain, EndsWith("\r\n\r\n/a"));

  const std::string kept =
      exchange(site, "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /b HTTP/1.0\r\n\r\n");
  EXPECT_THAT(kept, HasSubstr("\r\nConnection: keep-alive\r\n"));
  EXPECT_THAT(kept, EndsWith("\r\n\r\n/b"));

  const std::string streamed =
      exchange(site, "GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(streamed, Not(HasSubstr("chunked")));
  EXPECT_THAT(streamed, EndsWith("\r\nConnection: close\r\n\r\n{\"a\":1}\n{\"b\":2}\n"));
}

TEST(Connection, SaysContinueOnlyWhenTheBodyIsRead) {
  const std::string expect = "Expect: 100-continue\r\nContent-Length: 5\r\n";
  const std::string refused = exchange(site, request("PUT /ignore", expect));
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(refused, HasSubstr("\r\nConnection: close\r\n"));

  // The body comes with the head: the client did not wait.
  const std::string eager = exchange(site, request("PUT /echo", expect, "hello"));
  EXPECT_THAT(eager, StartsWith("HTTP/1.1 200 "));
}

TEST(Connection, DropsASmallUnreadBodyAndGoesOn) {
  const std::string reply = exchange(
      site,
      request("PUT /ignore", "Content-Length: 1000\r\n", std::string(1000, 'x')) +
          request("PUT /ignore", "Transfer-Encoding: chunked\r\n", "a\r\n0123456789\r\n0\r\n\r\n") +
          request("GET /a"));
  EXPECT_EQ(count_of(reply, "HTTP/1.1 401 "), 2U);
  EXPECT_THAT(reply, EndsWith("/a"));
}

TEST(Connection, ClosesBehindALargeUnreadBodyButLetsTheReplyBeRead) {
  const std::string body(1 << 20, 'x');
  const std::string reply = exchange(
      site, request("PUT /ignore", "Content-Length: 1048576\r\n", body) + request("GET /a"));
  EXPECT_THAT(reply, StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(reply, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(reply, EndsWith("who are you?"));

  std::string chunks;
  for (int i = 0; i < 100; ++i) chunks += "400\r\n" + std::string(1024, 'x') + "\r\n";
  const std::string chunked = exchange(
      site, request("PUT /ignore", "Transfer-Encoding: chunked\r\n", chunks + "0\r\n\r\n") +
                request("GET /a"));
  EXPECT_THAT(chunked, StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(chunked, EndsWith("who are you?"));
}

TEST(Connection, RefusesCodedBodiesAndThoseOverTheLimit) {
  const std::string coded = exchange(
      site, request("PUT /echo", "Content-Encoding: gzip\r\nContent-Length: 5\r\n", "hello"));
  EXPECT_THAT(coded, EndsWith("a body with Content-Encoding is not accepted"));
  EXPECT_THAT(
      exchange(site, request("PUT /echo", "Content-Encoding: identity\r\nContent-Length: 5\r\n",
                             "hello")),
      EndsWith("hello"));

  const std::string over(1'048'577, 'x');
  EXPECT_THAT(exchange(site, request("PUT /echo", "Content-Length: 1048577\r\n", over)),
              EndsWith("the request's body is over 1048576 bytes"));
  EXPECT_THAT(exchange(site, request("PUT /echo", "Transfer-Encoding: chunked\r\n",
                                     "100001\r\n" + over + "\r\n0\r\n\r\n")),
              EndsWith("the request's body is over 1048576 bytes"));
  const std::string most(1'048'576, 'x');
  EXPECT_THAT(exchange(site, request("PUT /echo", "Content-Length: 1048576\r\n", most)),
              EndsWith("\r\n\r\n" + most));
}

TEST(Connection, TellsAHandlerThatTheClientLeftMidBody) {
  EXPECT_THAT(exchange(site, request("PUT /echo", "Content-Length: 10\r\n", "hello")),
              EndsWith("the client left before the body's end"));
}

TEST(Connection, Answers500WhenAHandlerThrowsAndSaysNothingOfIt) {
  const std::string reply = exchange(site, request("GET /throw") + request("GET /a"));
  EXPECT_THAT(reply, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(reply, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(reply, EndsWith("{\"error\":\"Internal Server Error\"}"));
}

TEST(Connection, EchoesASaneRequestIdAndMakesOneOtherwise) {
  EXPECT_THAT(exchange(site, request("GET /", "X-Amzn-Trace-Id: ab12-c\r\n")),
              HasSubstr("\r\nX-Request-Id: ab12-c\r\n"));
  EXPECT_THAT(exchange(site, request("GET /", "X-Request-Id: mine\r\nX-Amzn-Trace-Id: ab\r\n")),
              HasSubstr("\r\nX-Request-Id: mine\r\n"));
  EXPECT_THAT(exchange(site, request("GET /", "X-Request-Id: <script>\r\n")),
              Not(HasSubstr("script")));
  EXPECT_EQ(count_of(exchange(site, "nonsense\r\n\r\n"), "\r\nX-Request-Id: "), 1U);
}

TEST(Connection, KnowsItselfByTheNameTheClientUsed) {
  EXPECT_THAT(exchange(site, request("GET /who")), EndsWith("http://hub.lan 127.0.0.1"));
  EXPECT_THAT(exchange(site, request("GET /who",
                                     "X-Forwarded-Proto: https\r\n"
                                     "X-Forwarded-Host: evil\r\n")),
              EndsWith("http://hub.lan 127.0.0.1"));
  EXPECT_THAT(exchange(site, "GET /who HTTP/1.0\r\n\r\n"), EndsWith("http://localhost 127.0.0.1"));
}

TEST(Exchange, TakesAResponseApart) {
  const ReceivedResponse streamed = exchange(site, "GET", "/stream");
  EXPECT_EQ(streamed.status, 200);
  EXPECT_EQ(streamed.body, "{\"a\":1}\n{\"b\":2}\n");
  const ReceivedResponse echoed =
      exchange(site, "POST", "/echo", {"Expect: 100-continue"}, "hello");
  EXPECT_EQ(echoed.body, "hello");
  EXPECT_EQ(echoed.header("content-type"), "text/plain; charset=utf-8");
}

// What a server sees: counters and the access log.

struct Log {
  std::vector<std::string> lines;
  void operator()(const AccessRecord& record) {
    lines.push_back(std::string(record.method) + " " + std::string(record.path) + " " +
                    std::to_string(record.status) + (record.complete ? " complete" : " cut"));
  }
};

TEST(Connection, KnowsItselfByThePublicUrlIfThereIsOne) {
  SimEnv world(1);
  Pool pool(1);
  std::string known_as;
  Service service{.options = {},
                  .proxies = {},
                  .handler = {},
                  .pool = pool,
                  .env = world.env(),
                  .counters = {}};
  service.options.public_url = "https://granary.lan";
  service.handler = [&known_as](Request& request) {
    known_as = request.base_url();
    return site(request);
  };
  net::exchange(service, request("GET /a"));
  EXPECT_EQ(known_as, "https://granary.lan");
}

TEST(Connection, CountsAndLogsWithoutTheQuery) {
  SimEnv world(1);
  Pool pool(1);
  Log log;
  Service service{.options = {},
                  .proxies = {},
                  .handler = {},
                  .pool = pool,
                  .env = world.env(),
                  .counters = {}};
  service.options.access_log = std::ref(log);
  service.handler = [&service](Request& request) {
    EXPECT_EQ(service.counters.requests_active, 1U);
    return site(request);
  };
  const std::string requests = request("GET /a?token=secret") +
                               request("POST /echo", "Content-Length: 5\r\n", "hello") +
                               request("PUT /ignore") + request("GET /broken");
  net::exchange(service, requests);
  EXPECT_EQ(log.lines,
            (std::vector<std::string>{"GET /a 200 complete", "POST /echo 200 complete",
                                      "PUT /ignore 401 complete", "GET /broken 200 cut"}));
  EXPECT_EQ(service.counters.requests_by_class[2], 2U);
  EXPECT_EQ(service.counters.requests_by_class[4], 1U);
  EXPECT_EQ(service.counters.requests_by_class[0], 1U);
  EXPECT_EQ(service.counters.body_received_bytes, 5U);
  EXPECT_EQ(service.counters.received_bytes, requests.size());
  EXPECT_EQ(service.counters.connections_open, 0U);
  EXPECT_EQ(service.counters.requests_active, 0U);
}

}  // namespace
}  // namespace granary::net
