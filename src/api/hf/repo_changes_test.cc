// Tests of create, delete, move, settings and duplicate over HTTP, pitfalls of section 15 included.
#include <gtest/gtest.h>

#include "api/hf/hub_api_testing.h"

namespace granary::api::hf {
namespace {

using testing::HubApi;
using testing::json_of;
using testing::text_at;

class RepoChangesTest : public ::testing::Test {
 protected:
  net::ReceivedResponse create(const std::string& body, const std::string& token) {
    return api.post("/api/repos/create", token, body);
  }
  net::ReceivedResponse remove(const std::string& body, const std::string& token) {
    return api.ask(
        {.method = "DELETE", .target = "/api/repos/delete", .token = token, .body = body});
  }
  bool is_private(const std::string& id) {
    return json_of(api.get("/api/models/" + id, api.alice)).at("private").as_bool();
  }

  HubApi api;
};

TEST_F(RepoChangesTest, CreateGivesTheUrlOnTheHostThatTheClientUsed) {
  const auto response = api.ask({.method = "POST",
                                 .target = "/api/repos/create",
                                 .token = api.alice,
                                 .headers = {},
                                 .body = R"({"name":"model","organization":null})"});
  ASSERT_EQ(response.status, 200);
  EXPECT_EQ(text_at(response, "name"), "alice/model");
  EXPECT_EQ(text_at(response, "id").size(), 24U);
  const std::string url = text_at(response, "url");
  EXPECT_TRUE(url.starts_with("http://")) << url;
  EXPECT_TRUE(url.ends_with("/alice/model")) << url;
}

TEST_F(RepoChangesTest, DatasetsAndSpacesHaveTheirPrefixInTheUrl) {
  EXPECT_TRUE(
      text_at(create(R"({"name":"d","organization":"lab","type":"dataset"})", api.alice), "url")
          .ends_with("/datasets/lab/d"));
  EXPECT_TRUE(text_at(create(R"({"name":"s","type":"space","sdk":"gradio"})", api.alice), "url")
                  .ends_with("/spaces/alice/s"));
  EXPECT_EQ(create(R"({"name":"t","type":"space"})", api.alice).status, 400);
  EXPECT_EQ(create(R"({"name":"t","type":"kernel"})", api.alice).status, 400);
}

TEST_F(RepoChangesTest, VisibilityOfNewClientsAndPrivateOfOldOnesAreBothObeyed) {
  create(R"({"name":"a","visibility":"private"})", api.alice);
  create(R"({"name":"b","private":true})", api.alice);
  create(R"({"name":"c","private":false})", api.alice);
  create(R"({"name":"d"})", api.alice);
  create(R"({"name":"e","visibility":"private","private":false})", api.alice);
  EXPECT_TRUE(is_private("alice/a"));
  EXPECT_TRUE(is_private("alice/b"));
  EXPECT_FALSE(is_private("alice/c"));
  EXPECT_FALSE(is_private("alice/d"));
  EXPECT_TRUE(is_private("alice/e"));
  EXPECT_EQ(create(R"({"name":"f","visibility":"secret"})", api.alice).status, 400);
  EXPECT_EQ(create(R"({"name":"f","private":"yes"})", api.alice).status, 400);
}

TEST_F(RepoChangesTest, A409OnCreateCarriesTheUrlThatExistOkReads) {
  const auto first = create(R"({"name":"model"})", api.alice);
  const auto again = create(R"({"name":"MODEL"})", api.alice);
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(text_at(again, "url"), text_at(first, "url"));
  EXPECT_NE(text_at(again, "error").find("already exists"), std::string::npos);
}

TEST_F(RepoChangesTest, NoConflictSaysTheWordsThatMakeClientsLoop) {
  create(R"({"name":"model"})", api.alice);
  create(R"({"name":"gone"})", api.alice);
  remove(R"({"name":"gone"})", api.alice);
  for (const char* body : {R"({"name":"model"})", R"({"name":"gone"})"}) {
    EXPECT_EQ(create(body, api.alice).body.find("another conflicting operation"),
              std::string::npos);
  }
}

// A 409 without `url` would be a KeyError in clients with exist_ok; a 403 shows them the text.
TEST_F(RepoChangesTest, ARetiredNameIsRefusedInWordsThatReachTheUser) {
  create(R"({"name":"gone"})", api.alice);
  ASSERT_EQ(remove(R"({"name":"gone"})", api.alice).status, 200);
  const auto response = create(R"({"name":"gone"})", api.alice);
  EXPECT_EQ(response.status, 403);
  EXPECT_NE(response.header("X-Error-Message").find("granary repo free alice/gone"),
            std::string::npos);
}

TEST_F(RepoChangesTest, CreatingElsewhereIsDeniedWhetherTheRepoIsThereOrNot) {
  api.hub.add_repo("lab/secret", meta::Visibility::Private);
  const auto there = create(R"({"name":"secret","organization":"lab"})", api.bob);
  const auto not_there = create(R"({"name":"absent","organization":"lab"})", api.bob);
  EXPECT_EQ(there.status, 403);
  EXPECT_EQ(there.body, not_there.body);
  EXPECT_EQ(create(R"({"name":"x","organization":"nobody"})", api.bob).status, 403);
  EXPECT_EQ(create(R"({"name":"x"})", "").status, 401);
  EXPECT_EQ(create(R"({"name":"x"})", api.hub.token("bob", meta::TokenRole::Read)).status, 403);
}

TEST_F(RepoChangesTest, BadBodiesAre400WithAnErrorObject) {
  for (const char* body : {"{", "[]", "\"x\"", "{}", R"({"name":7})", R"({"name":"a--b"})",
                           R"({"name":"../x"})", R"({"name":"x","files":[1]})"}) {
    const auto response = create(body, api.alice);
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_NE(text_at(response, "error"), "(none)") << body;
  }
}

TEST_F(RepoChangesTest, FilesGivenAtCreationAreThere) {
  const auto response =
      create(R"({"name":"model","files":[{"path":"a.txt","content":"aGk=","encoding":"base64"}]})",
             api.alice);
  ASSERT_EQ(response.status, 200) << response.body;
  const auto info = json_of(api.get("/api/models/alice/model?blobs=true"));
  EXPECT_EQ(info.at("siblings").at(1).at("rfilename"), "a.txt");
  EXPECT_EQ(info.at("siblings").at(1).at("size"), 2);
}

TEST_F(RepoChangesTest, DeleteReadsItsJsonBody) {
  create(R"({"name":"model","organization":"lab"})", api.alice);
  EXPECT_EQ(remove(R"({"name":"model","organization":"lab"})", api.bob).status, 403);
  EXPECT_EQ(remove(R"({"name":"model","organization":"lab","type":"model"})", api.alice).status,
            200);
  const auto again = remove(R"({"name":"model","organization":"lab"})", api.alice);
  EXPECT_EQ(again.status, 404);
  EXPECT_EQ(again.header("X-Error-Code"), "RepoNotFound");
  EXPECT_NE(again.header("X-Error-Message").find("Repository Not Found"), std::string::npos);
}

TEST_F(RepoChangesTest, AMovedRepoRedirectsReadsAndKeepsTheQuery) {
  api.hub.add_repo("lab/old", meta::Visibility::Private);
  const auto moved = api.post("/api/repos/move", api.alice,
                              R"({"fromRepo":"lab/old","toRepo":"lab/new","type":"model"})");
  ASSERT_EQ(moved.status, 200) << moved.body;
  const auto response =
      api.get("/api/models/lab/old/revision/main?expand=sha&expand=tags", api.alice);
  EXPECT_EQ(response.status, 307);
  EXPECT_TRUE(response.header("Location")
                  .ends_with("/api/models/lab/new/revision/main?expand=sha&expand=tags"))
      << response.header("Location");
  const auto hidden = api.get("/api/models/lab/old", api.bob);
  EXPECT_EQ(hidden.status, 404) << "a redirect would tell that it exists";
  EXPECT_EQ(hidden.header("Location"), "");
}

TEST_F(RepoChangesTest, MovingOntoATakenNameSaysWhichRepoIsThere) {
  api.hub.add_repo("lab/a");
  api.hub.add_repo("lab/b");
  const auto response = api.post("/api/repos/move", api.alice,
                                 R"({"fromRepo":"lab/a","toRepo":"lab/b","type":"model"})");
  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(text_at(response, "error"), "A model repository called lab/b already exists");
}

TEST_F(RepoChangesTest, SettingsChangeVisibilityAndGating) {
  api.hub.add_repo("lab/model");
  const auto put = [&](const std::string& body) {
    return api.ask({.method = "PUT",
                    .target = "/api/models/lab/model/settings",
                    .token = api.alice,
                    .body = body});
  };
  EXPECT_EQ(put(R"({"private":true})").status, 200);
  EXPECT_TRUE(is_private("lab/model"));
  EXPECT_EQ(put(R"({"visibility":"public"})").status, 200);
  EXPECT_FALSE(is_private("lab/model"));
  const auto gated = [&] { return json_of(api.get("/api/models/lab/model")).at("gated"); };
  EXPECT_EQ(gated(), false);
  EXPECT_EQ(put(R"({"gated":"auto"})").status, 200);
  EXPECT_EQ(gated(), "auto");
  EXPECT_EQ(put(R"({"gated":"manual"})").status, 200);
  EXPECT_EQ(gated(), "manual");
  EXPECT_EQ(put(R"({"gated":false})").status, 200);
  EXPECT_EQ(gated(), false);
  EXPECT_EQ(put(R"({"gated":true})").status, 400);
  EXPECT_EQ(put(R"({"visibility":"protected"})").status, 400);
}

TEST_F(RepoChangesTest, ACopyAnswersAsCreateDoes) {
  api.hub.add_repo("lab/model", meta::Visibility::Private);
  const auto copy =
      api.post("/api/models/lab/model/duplicate", api.alice, R"({"repository":"alice/copy"})");
  ASSERT_EQ(copy.status, 200) << copy.body;
  EXPECT_TRUE(is_private("alice/copy"));
  const auto again =
      api.post("/api/models/lab/model/duplicate", api.alice, R"({"repository":"alice/copy"})");
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(text_at(again, "url"), text_at(copy, "url"));
}

}  // namespace
}  // namespace granary::api::hf
