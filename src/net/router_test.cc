// Routing as the hub needs it: repos of one or two segments, revisions that hold slashes, verbs in
// names.
#include "net/router.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "net/block_on.h"
#include "net/head_parser.h"

namespace granary::net {
namespace {

class NoBody final : public Body {
 public:
  Task<Result<std::size_t>> read(std::span<std::byte>) override { co_return 0; }
  std::optional<std::uint64_t> size_bytes() const override { return 0; }
};

/// A handler that answers its route's pattern and what it captured: "route repo=a/b path=c".
Handler show(std::string route, std::vector<std::string> names) {
  return [route, names](Request& request) {
    std::string text = route;
    for (const auto& name : names) text += " " + name + "=" + std::string(request.capture(name));
    const auto answer = [](std::string shown) -> Task<Response> {
      co_return Response::text(200, std::move(shown));
    };
    return answer(std::move(text));
  };
}

std::string route(const Router& router, const std::string& method, const std::string& target) {
  auto head = parse_head(method + " " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
  auto parsed = parse_target(head->target());
  if (!parsed) return "bad target";
  NoBody body;
  Request request(std::move(*head), std::move(*parsed), {}, body);
  const Response response = block_on(router.find(request)(request));
  return std::get<std::string>(response.content);
}

Router hub() {
  Router router;
  router.get("/", show("home", {}));
  router.get("/healthz", show("health", {}));
  router.get("/{user}", show("user", {"user"}));
  router.get("/{repo}", show("page", {"repo"}));
  router.get("/{repo}/resolve/{rev}/{path...}", show("resolve", {"repo", "rev", "path"}));
  router.get("/datasets/{repo}/resolve/{rev}/{path...}",
             show("dataset resolve", {"repo", "rev", "path"}));
  router.post("/{repo}.git/info/lfs/objects/batch", show("batch", {"repo"}));
  router.get("/api/{type:models|datasets|spaces}", show("list", {"type"}));
  router.get("/api/{type:models|datasets|spaces}/{repo}", show("info", {"type", "repo"}));
  router.get("/api/{type:models|datasets|spaces}/{repo}/revision/{rev}",
             show("revision", {"type", "repo", "rev"}));
  router.get("/api/{type:models|datasets|spaces}/{repo}/tree/{rev}/{path...}",
             show("tree", {"type", "repo", "rev", "path"}));
  router.get("/api/{type:models|datasets|spaces}/{repo}/refs", show("refs", {"repo"}));
  router.post("/api/{type:models|datasets|spaces}/{repo}/branch/{rev}",
              show("branch", {"repo", "rev"}));
  router.head("/api/models/{repo}/refs", show("refs by HEAD", {"repo"}));
  router.get("/avatars/{name}.svg", show("avatar", {"name"}));
  router.fallback("/api", show("no API", {}));
  router.fallback("/v2", show("no registry", {}));
  return router;
}

TEST(Router, FindsReposOfOneAndTwoSegments) {
  const Router router = hub();
  EXPECT_EQ(route(router, "GET", "/api/models/gpt2"), "info type=models repo=gpt2");
  EXPECT_EQ(route(router, "GET", "/api/datasets/a/b"), "info type=datasets repo=a/b");
  EXPECT_EQ(route(router, "GET", "/api/models/a%2Fb"), "info type=models repo=a/b");
  EXPECT_EQ(route(router, "GET", "/gpt2/resolve/main/a/b.txt"),
            "resolve repo=gpt2 rev=main path=a/b.txt");
  EXPECT_EQ(route(router, "GET", "/a/b/resolve/main/c%20d/e%23.txt"),
            "resolve repo=a/b rev=main path=c d/e#.txt");
  EXPECT_EQ(route(router, "POST", "/a/b.git/info/lfs/objects/batch"), "batch repo=a/b");
  EXPECT_EQ(route(router, "POST", "/b.git/info/lfs/objects/batch"), "batch repo=b");
}

TEST(Router, TakesVerbsAsNamesWhereOnlyThatFits) {
  const Router router = hub();
  EXPECT_EQ(route(router, "GET", "/resolve/tree/resolve/main/f"),
            "resolve repo=resolve/tree rev=main path=f");
  EXPECT_EQ(route(router, "GET", "/api/models/a/tree/tree/main/x"),
            "tree type=models repo=a/tree rev=main path=x");
  EXPECT_EQ(route(router, "GET", "/api/models/a/tree/main/tree/x"),
            "tree type=models repo=a rev=main path=tree/x");
  EXPECT_EQ(route(router, "GET", "/a/b/resolve/resolve/resolve/f"),
            "resolve repo=a/b rev=resolve path=resolve/f");
}

TEST(Router, TakesAVerbAtTheEndForAVerb) {
  const Router router = hub();
  EXPECT_EQ(route(router, "GET", "/api/models/gpt2/refs"), "refs repo=gpt2");
  EXPECT_EQ(route(router, "GET", "/api/models/a/refs/refs"), "refs repo=a/refs");
  EXPECT_EQ(route(router, "GET", "/api/models/a/tree"), "info type=models repo=a/tree");
}

TEST(Router, TakesRawRefsGreedilyAndEscapedOnesAsOneSegment) {
  const Router router = hub();
  EXPECT_EQ(route(router, "GET", "/api/models/a/b/tree/refs/pr/1/dir"),
            "tree type=models repo=a/b rev=refs/pr/1 path=dir");
  EXPECT_EQ(route(router, "GET", "/api/models/a/b/tree/refs%2Fpr%2F1/dir%2Fa%20b"),
            "tree type=models repo=a/b rev=refs/pr/1 path=dir/a b");
  EXPECT_EQ(route(router, "GET", "/a/b/resolve/refs/convert/parquet/x.parquet"),
            "resolve repo=a/b rev=refs/convert/parquet path=x.parquet");
  EXPECT_EQ(route(router, "GET", "/api/models/a/b/revision/refs/heads/main"),
            "revision type=models repo=a/b rev=refs/heads/main");
  EXPECT_EQ(route(router, "GET", "/api/models/a/b/tree/refs/other/1"),
            "tree type=models repo=a/b rev=refs path=other/1");
  EXPECT_EQ(route(router, "GET", "/api/models/a/b/tree/refs"),
            "tree type=models repo=a/b rev=refs path=");
  EXPECT_EQ(route(router, "POST", "/api/models/a/b/branch/x%2Fy"), "branch repo=a/b rev=x/y");
}

TEST(Router, PrefersLiteralsThenNarrowCaptures) {
  const Router router = hub();
  EXPECT_EQ(route(router, "GET", "/"), "home");
  EXPECT_EQ(route(router, "GET", "/healthz"), "health");
  EXPECT_EQ(route(router, "GET", "/alice"), "user user=alice");
  EXPECT_EQ(route(router, "GET", "/alice/model"), "page repo=alice/model");
  EXPECT_EQ(route(router, "GET", "/datasets/d/resolve/main/f"),
            "dataset resolve repo=d rev=main path=f");
  EXPECT_EQ(route(router, "GET", "/api/models"), "list type=models");
  EXPECT_EQ(route(router, "GET", "/api/models/"), "list type=models");
  EXPECT_EQ(route(router, "GET", "/avatars/bob.svg"), "avatar name=bob");
}

TEST(Router, GivesHeadToGetUnlessItHasARouteOfItsOwn) {
  const Router router = hub();
  EXPECT_EQ(route(router, "HEAD", "/gpt2/resolve/main/f"), "resolve repo=gpt2 rev=main path=f");
  EXPECT_EQ(route(router, "HEAD", "/api/models/a/refs"), "refs by HEAD repo=a");
  EXPECT_EQ(route(router, "GET", "/api/models/a/refs"), "refs repo=a");
}

TEST(Router, AnswersEveryMethodOfAnUnknownRouteByTheLongestFallback) {
  const Router router = hub();
  for (const std::string method :
       {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"}) {
    EXPECT_EQ(route(router, method, "/api/unknown/route/at/all"), "no API") << method;
    EXPECT_EQ(route(router, method, "/v2/a/b/blobs"), "no registry") << method;
    EXPECT_EQ(route(router, method, "/a/b/c/d/e"), "{\"error\":\"Not Found\"}") << method;
  }
  EXPECT_EQ(route(router, "DELETE", "/api/models/a/b/refs"), "no API");
  EXPECT_EQ(route(router, "POST", "/healthz"), "{\"error\":\"Not Found\"}");
}

TEST(Router, LetsNoCaptureBeEmptyButARest) {
  const Router router = hub();
  EXPECT_EQ(route(router, "GET", "/api/models//revision/main"), "no API");
  EXPECT_EQ(route(router, "GET", "/avatars/.svg"), "page repo=avatars/.svg");
  EXPECT_EQ(route(router, "POST", "/a/.git/info/lfs/objects/batch"), "{\"error\":\"Not Found\"}");
  EXPECT_EQ(route(router, "GET", "/a/b/resolve/main"), "resolve repo=a/b rev=main path=");
  EXPECT_EQ(route(router, "GET", "/a/b/resolve/main/c//d"), "resolve repo=a/b rev=main path=c//d");
}

TEST(RouterDeathTest, TakesATableWithAMistakeForABug) {
  Router router;
  router.get("/a/{b}", show("a", {}));
  EXPECT_DEATH(router.get("/a/{b}", show("again", {})), "place");
  EXPECT_DEATH(router.get("a", show("", {})), "pattern");
  EXPECT_DEATH(router.get("/{a...}/b", show("", {})), "ended");
  EXPECT_DEATH(router.get("/a//b", show("", {})), "empty");
  EXPECT_DEATH(router.add("BREW", "/a", show("", {})), "known");
}

}  // namespace
}  // namespace granary::net
