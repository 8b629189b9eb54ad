// Tests of the whole table: likes, odds, unknown routes, CORS, and hidden repos on every route.
#include "api/hf/routes.h"

#include <gtest/gtest.h>

#include "api/hf/hub_api_testing.h"

namespace granary::api::hf {
namespace {

using testing::HubApi;
using testing::json_of;
using testing::text_at;

class RoutesTest : public ::testing::Test {
 protected:
  HubApi api;
};

TEST_F(RoutesTest, AnUnknownApiRouteIsAJson404ForEveryMethod) {
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"}) {
    for (const char* target : {"/api", "/api/nothing", "/api/models/a/b/c/d/e/f", "/v1/models",
                               "/v2/", "/v2/a/manifests/b", "/oauth/device", "/oauth/token",
                               "/api/trending", "/api/spaces/a/b/runtime"}) {
      const auto response = api.ask({.method = method, .target = target});
      EXPECT_EQ(response.status, 404) << method << " " << target;
      EXPECT_TRUE(response.header("Content-Type").starts_with("application/json")) << target;
      EXPECT_TRUE(json_of(response).is_object()) << method << " " << target;
      EXPECT_NE(text_at(response, "error"), "(none)") << method << " " << target;
    }
  }
}

TEST_F(RoutesTest, LoginByBrowserSaysWhatToDoInstead) {
  const auto response = api.post("/oauth/device", "", "client_id=x");
  EXPECT_NE(text_at(response, "error_description").find("hf auth login --token"),
            std::string::npos);
}

TEST_F(RoutesTest, BucketsAndKernelsAreReposThatAreNotThere) {
  for (const char* target : {"/api/buckets/a/b", "/api/kernels/a/b"}) {
    const auto response = api.get(target);
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(response.header("X-Error-Code"), "RepoNotFound");
  }
}

TEST_F(RoutesTest, TelemetryAndHarnessesAreAnsweredWithoutATokenOrADoubt) {
  EXPECT_EQ(api.ask({.method = "HEAD", .target = "/api/telemetry/some/topic"}).status, 204);
  const auto harnesses = api.get("/api/agent-harnesses");
  EXPECT_EQ(harnesses.status, 200);
  EXPECT_TRUE(json_of(harnesses).at("harnesses").is_object());
}

TEST_F(RoutesTest, EveryResponseMayBeReadByPagesOfOtherOrigins) {
  for (const char* target : {"/api/models", "/api/nothing"}) {
    const auto response = api.get(target);
    EXPECT_EQ(response.header("Access-Control-Allow-Origin"), "*");
    EXPECT_NE(response.header("Access-Control-Expose-Headers").find("X-Error-Code"),
              std::string::npos);
    EXPECT_EQ(response.header("Vary"), "Authorization, Origin");
    EXPECT_NE(response.header("X-Request-Id"), "");
  }
  const auto preflight =
      api.ask({.method = "OPTIONS",
               .target = "/api/models",
               .headers = {"Origin: https://x.test", "Access-Control-Request-Method: GET",
                           "Access-Control-Request-Headers: authorization"}});
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.header("Access-Control-Allow-Headers"), "authorization");
  EXPECT_NE(preflight.header("Access-Control-Allow-Methods").find("DELETE"), std::string::npos);
}

TEST_F(RoutesTest, LikesAreGivenTakenAndListed) {
  api.hub.add_repo("lab/model");
  EXPECT_EQ(api.post("/api/models/lab/model/like", api.bob, "").status, 200);
  const auto likers = json_of(api.get("/api/models/lab/model/likers"));
  EXPECT_EQ(likers.at(0).at("user"), "bob");
  const auto likes = json_of(api.get("/api/users/bob/likes"));
  EXPECT_EQ(likes.at(0).at("repo").at("name"), "lab/model");
  EXPECT_EQ(likes.at(0).at("repo").at("type"), "model");
  EXPECT_EQ(api.ask({.method = "DELETE", .target = "/api/models/lab/model/like", .token = api.bob})
                .status,
            200);
  EXPECT_EQ(api.get("/api/users/bob/likes").body, "[]");
  EXPECT_EQ(api.post("/api/models/lab/model/like", "", "").status, 401);
}

TEST_F(RoutesTest, ABodyOverTheLimitIs413) {
  const auto response =
      api.post("/api/repos/create", api.alice, std::string(limits::kJsonBodySizeBytesMax + 1, ' '));
  EXPECT_EQ(response.status, 413);
}

struct Ask {
  const char* method;
  const char* target;
  const char* body;
};

// Every route that names a repo; ID stands for its name.
constexpr Ask kAsks[] = {
    {"GET", "/api/models/lab/ID", ""},
    {"HEAD", "/api/models/lab/ID", ""},
    {"GET", "/api/models/lab/ID?expand=foo", ""},
    {"GET", "/api/models/lab/ID?blobs=true&securityStatus=true", ""},
    {"GET", "/api/datasets/lab/ID", ""},
    {"GET", "/api/models/lab/ID/revision/main", ""},
    {"GET", "/api/models/lab/ID/revision/absent", ""},
    {"GET", "/api/models/lab/ID/auth-check", ""},
    {"GET", "/api/models/lab/ID/auth-check/write", ""},
    {"PUT", "/api/models/lab/ID/settings", R"({"private":false})"},
    {"POST", "/api/models/lab/ID/duplicate", R"({"repository":"bob/copy"})"},
    {"POST", "/api/models/lab/ID/ask-access", "{}"},
    {"GET", "/api/models/lab/ID/user-access-request/pending", ""},
    {"POST", "/api/models/lab/ID/user-access-request/handle",
     R"({"user":"bob","status":"accepted"})"},
    {"POST", "/api/models/lab/ID/user-access-request/grant", R"({"user":"bob"})"},
    {"POST", "/api/models/lab/ID/like", ""},
    {"DELETE", "/api/models/lab/ID/like", ""},
    {"GET", "/api/models/lab/ID/likers", ""},
    {"DELETE", "/api/repos/delete", R"({"name":"ID","organization":"lab"})"},
    {"POST", "/api/repos/create", R"({"name":"ID","organization":"lab"})"},
    {"POST", "/api/repos/move", R"({"fromRepo":"lab/ID","toRepo":"bob/x","type":"model"})"},
    {"POST", "/api/repos/move", R"({"fromRepo":"bob/own","toRepo":"lab/ID","type":"model"})"},
    {"GET", "/lab/ID/resolve/main/README.md", ""},
    {"HEAD", "/lab/ID/resolve/main/.gitattributes", ""},
    {"GET", "/datasets/lab/ID/resolve/main/.gitattributes", ""},
    {"GET", "/lab/ID/raw/main/.gitattributes", ""},
    {"GET", "/api/models/lab/ID/tree/main?recursive=true", ""},
    {"POST", "/api/models/lab/ID/paths-info/main", R"({"paths":["README.md"]})"},
    {"GET", "/api/models/lab/ID/refs", ""},
    {"GET", "/api/models/lab/ID/commits/main", ""},
    {"GET", "/api/models/lab/ID/safetensors-metadata/model.safetensors.index.json", ""},
    {"POST", "/api/models/lab/ID/preupload/main", R"({"files":[]})"},
    {"POST", "/api/models/lab/ID/commit/main", R"({"key":"header","value":{"summary":"x"}})"},
    {"POST", "/api/models/lab/ID/branch/dev", "{}"},
    {"DELETE", "/api/models/lab/ID/branch/dev", ""},
    {"POST", "/api/models/lab/ID/tag/main", R"({"tag":"v1"})"},
    {"DELETE", "/api/models/lab/ID/tag/v1", ""},
    {"POST", "/api/models/lab/ID/super-squash/main", R"({"message":"x"})"},
    {"GET", "/api/models/lab/ID/lfs-files", ""},
    {"POST", "/api/models/lab/ID/lfs-files/batch", R"({"deletions":{"sha":[]}})"},
    {"POST", "/api/models/lab/ID/lfs-files/duplicate",
     R"({"target":{"type":"model","name":"bob/own"},"files":[]})"},
    {"GET", "/api/models?search=ID", ""},
    {"GET", "/api/models?author=lab&full=true", ""},
    {"GET", "/api/organizations/lab/overview", ""},
};

/// Every header but those that name the moment or the request.
std::string headers_of(const net::ReceivedResponse& response) {
  std::string text;
  for (const auto& [name, value] : response.headers) {
    if (name != "Date" && name != "X-Request-Id") text += name + ": " + value + "\n";
  }
  return text;
}

std::string with_id(std::string text, const std::string& id) {
  const auto at = text.find("ID");
  return at == std::string::npos ? text : text.replace(at, 2, id);
}

std::string without_id(std::string text, const std::string& id) {
  for (auto at = text.find(id); at != std::string::npos; at = text.find(id)) {
    text.replace(at, id.size(), "ID");
  }
  return text;
}

// Section 4.4 of the threats: unknown and forbidden look the same. The two ids are of one length;
// what they differ in is taken out before comparing.
TEST_F(RoutesTest, AHiddenRepoLooksOnEveryRouteLikeOneThatIsNotThere) {
  api.hub.add_repo("lab/hidden", meta::Visibility::Private);
  api.hub.add_repo("lab/hidden", meta::Visibility::Private, meta::RepoKind::Dataset);
  api.hub.add_repo("bob/own");
  for (const auto& token : {std::string(), api.bob}) {
    for (const auto& row : kAsks) {
      const auto answer = [&](const std::string& id) {
        auto response = api.ask({.method = row.method,
                                 .target = with_id(row.target, id),
                                 .token = token,
                                 .body = with_id(row.body, id)});
        return std::to_string(response.status) + "\n" + without_id(headers_of(response), id) +
               without_id(response.body, id);
      };
      for (int round = 0; round < 2; ++round) {  // as answered first, and as kept
        EXPECT_EQ(answer("hidden"), answer("absent"))
            << row.method << " " << row.target << (token.empty() ? " by a stranger" : " by bob");
      }
    }
  }
}

}  // namespace
}  // namespace granary::api::hf
