// Tests of the routes that hand out Xet tokens: to whom, and in both of their forms.
#include <gtest/gtest.h>

#include "api/hf/hub_api_testing.h"

namespace granary::api::hf {
namespace {

class XetTokenRoutes : public ::testing::Test {
 protected:
  XetTokenRoutes() {
    api.hub.add_repo("alice/m");
    api.hub.add_repo("alice/secret", meta::Visibility::Private);
    api.hub.add_repo("alice/d", meta::Visibility::Public, meta::RepoKind::Dataset);
  }
  int status_of(const std::string& path, const std::string& token = "") {
    return api.get("/api/" + path, token).status;
  }

  testing::HubApi api;
};

TEST_F(XetTokenRoutes, ATokenComesAsJsonAndInHeaders) {
  for (const std::string use : {"read", "write"}) {
    for (const std::string repo : {"models/alice/m", "datasets/alice/d", "models/alice/secret"}) {
      const auto answer = api.get("/api/" + repo + "/xet-" + use + "-token/main", api.alice);
      ASSERT_EQ(answer.status, 200) << answer.body;
      EXPECT_EQ(answer.header("X-Xet-Access-Token"), testing::text_at(answer, "accessToken"));
      EXPECT_EQ(answer.header("X-Xet-Cas-Url"), "http://granary.test/xet");
      EXPECT_EQ(testing::text_at(answer, "casUrl"), "http://granary.test/xet");
      const auto expires = testing::json_of(answer).at("exp").as_int64();
      EXPECT_EQ(answer.header("X-Xet-Token-Expiration"), std::to_string(expires));
      const auto now = std::chrono::floor<std::chrono::seconds>(api.hub.clock.now);
      EXPECT_GT(expires, now.time_since_epoch().count() + 60) << "or each request asks for one";
    }
  }
}

TEST_F(XetTokenRoutes, WhoMayNotReadOrWriteGetsNone) {
  EXPECT_EQ(status_of("models/alice/m/xet-read-token/main"), 200);
  EXPECT_EQ(status_of("models/alice/m/xet-read-token/nowhere"), 404);
  EXPECT_EQ(status_of("models/alice/m/xet-write-token/main"), 401);
  EXPECT_EQ(status_of("models/alice/m/xet-write-token/main", api.bob), 403);
  EXPECT_EQ(status_of("models/alice/secret/xet-read-token/main", api.bob),
            status_of("models/alice/nothing/xet-read-token/main", api.bob));
  EXPECT_EQ(status_of("models/alice/secret/xet-write-token/main", api.bob), 404);
}

TEST_F(XetTokenRoutes, AnUploadToAPullRequestIsRefusedBeforeItBegins) {
  EXPECT_EQ(status_of("models/alice/m/xet-write-token/None?create_pr=1", api.alice), 400);
}

}  // namespace
}  // namespace granary::api::hf
