// Tests of gated repos over HTTP: asking, answering, and the statuses that clients document.
#include <gtest/gtest.h>

#include "api/hf/hub_api_testing.h"

namespace granary::api::hf {
namespace {

using testing::HubApi;
using testing::json_of;
using testing::text_at;

class AccessRequestsTest : public ::testing::Test {
 protected:
  AccessRequestsTest() {
    api.hub.add_repo("lab/gated");
    EXPECT_TRUE(api.hub.repos.update_settings(
        api.hub.caller(api.alice), service::testing::repo_name("lab/gated"),
        {.visibility = std::nullopt, .gating = meta::Gating::Manual}));
  }
  net::ReceivedResponse handle(const std::string& body, const std::string& token) {
    return api.post(path + "/user-access-request/handle", token, body);
  }
  std::size_t count(const std::string& status) {
    return json_of(api.get(path + "/user-access-request/" + status, api.alice)).as_array().size();
  }

  HubApi api;
  const std::string path = "/api/models/lab/gated";
};

TEST_F(AccessRequestsTest, GatedFilesAskAStrangerToLogInAndOthersToAsk) {
  const auto stranger = api.get(path + "/auth-check");
  EXPECT_EQ(stranger.status, 401);
  EXPECT_EQ(stranger.header("X-Error-Code"), "GatedRepo");
  const auto bob = api.get(path + "/auth-check", api.bob);
  EXPECT_EQ(bob.status, 403);
  EXPECT_EQ(bob.header("X-Error-Code"), "GatedRepo");
  EXPECT_NE(text_at(bob, "error")
                .find("Access to model lab/gated is restricted and you are not in "
                      "the authorized list"),
            std::string::npos);
  EXPECT_EQ(api.get(path, api.bob).status, 200) << "info stays open";
  EXPECT_EQ(api.get(path + "/auth-check", api.alice).status, 200);
}

TEST_F(AccessRequestsTest, ARequestGoesThroughItsStates) {
  ASSERT_EQ(api.post(path + "/ask-access", api.bob, R"({"country":"NL"})").status, 200);
  const auto pending = json_of(api.get(path + "/user-access-request/pending", api.alice));
  ASSERT_EQ(pending.as_array().size(), 1U);
  const auto& request = pending.at(0);
  EXPECT_EQ(request.at("user").at("user"), "bob");
  EXPECT_EQ(request.at("user").at("email"), "bob@example.org");
  EXPECT_EQ(request.at("status"), "pending");
  EXPECT_EQ(request.at("fields").at("country"), "NL");
  EXPECT_EQ(request.at("timestamp"), "2026-11-24T01:02:03.000Z");
  const std::string id(request.at("requestId").as_string());

  EXPECT_EQ(handle(R"({"requestId":")" + id + R"(","status":"accepted"})", api.alice).status, 200);
  EXPECT_EQ(api.get(path + "/auth-check", api.bob).status, 200);
  EXPECT_EQ(count("pending"), 0U);
  EXPECT_EQ(count("accepted"), 1U);
  EXPECT_EQ(handle(R"({"user":"bob","status":"pending"})", api.alice).status, 200);
  EXPECT_EQ(api.get(path + "/auth-check", api.bob).status, 403);
  EXPECT_EQ(
      handle(R"({"user":"bob","status":"rejected","rejectionReason":"no"})", api.alice).status,
      200);
  EXPECT_EQ(count("rejected"), 1U);
}

TEST_F(AccessRequestsTest, RepeatingATransitionIsAnError) {
  api.post(path + "/ask-access", api.bob, "");
  EXPECT_EQ(handle(R"({"user":"bob","status":"accepted"})", api.alice).status, 200);
  EXPECT_EQ(handle(R"({"user":"bob","status":"accepted"})", api.alice).status, 404);
}

TEST_F(AccessRequestsTest, HandlingChecksItsBodyAndTheCaller) {
  api.post(path + "/ask-access", api.bob, "");
  EXPECT_EQ(handle(R"({"user":"bob","status":"accepted"})", api.bob).status, 403);
  EXPECT_EQ(handle(R"({"status":"accepted"})", api.alice).status, 400);
  EXPECT_EQ(handle(R"({"user":"bob","requestId":"x","status":"accepted"})", api.alice).status, 400);
  EXPECT_EQ(handle(R"({"user":"bob","status":"loved"})", api.alice).status, 400);
  EXPECT_EQ(handle(R"({"user":"nobody","status":"accepted"})", api.alice).status, 404);
  EXPECT_EQ(handle(R"({"requestId":"x","status":"accepted"})", api.alice).status, 404);
}

TEST_F(AccessRequestsTest, AGrantByHandHasNoAddressAndIsGivenOnce) {
  const auto grant = [&](const std::string& user) {
    return api.post(path + "/user-access-request/grant", api.alice,
                    R"({"user":")" + user + R"("})");
  };
  EXPECT_EQ(grant("bob").status, 200);
  const auto accepted = json_of(api.get(path + "/user-access-request/accepted", api.alice));
  EXPECT_FALSE(accepted.at(0).at("user").as_object().contains("email"));
  EXPECT_EQ(grant("bob").status, 400);
  EXPECT_EQ(grant("nobody").status, 404);
}

TEST_F(AccessRequestsTest, ARepoThatIsNotGatedHasNoRequests) {
  api.hub.add_repo("lab/open");
  EXPECT_EQ(api.get("/api/models/lab/open/user-access-request/pending", api.alice).status, 400);
  EXPECT_EQ(api.post("/api/models/lab/open/ask-access", api.bob, "").status, 400);
  EXPECT_EQ(api.post(path + "/ask-access", "", "").status, 401);
}

}  // namespace
}  // namespace granary::api::hf
