// Tests of whoami, users and organisations over HTTP.
#include <gtest/gtest.h>

#include "api/hf/hub_api_testing.h"

namespace granary::api::hf {
namespace {

using testing::HubApi;
using testing::json_of;
using testing::text_at;

class PeopleTest : public ::testing::Test {
 protected:
  HubApi api;
};

TEST_F(PeopleTest, WhoamiHasEveryKeyThatClientsIndex) {
  const auto response = api.get("/api/whoami-v2", api.alice);
  ASSERT_EQ(response.status, 200);
  const auto body = json_of(response).as_object();
  EXPECT_EQ(body.at("name"), "alice");
  EXPECT_EQ(body.at("type"), "user");
  EXPECT_EQ(body.at("fullname"), "alice");
  EXPECT_EQ(body.at("email"), "alice@example.org");
  const auto& orgs = body.at("orgs").as_array();
  ASSERT_EQ(orgs.size(), 1U);
  EXPECT_EQ(orgs[0].at("name"), "lab");
  EXPECT_EQ(orgs[0].at("fullname"), "The Lab");
  EXPECT_EQ(orgs[0].at("roleInOrg"), "admin");
  const auto& token = body.at("auth").at("accessToken");
  EXPECT_EQ(token.at("role"), "write");
  EXPECT_EQ(token.at("displayName"), "token-1");
  EXPECT_EQ(token.at("createdAt"), "2026-11-24T01:02:03.000Z");
}

TEST_F(PeopleTest, WhoamiOfABadTokenAndOfNoneIs401) {
  const auto bad = api.get("/api/whoami-v2", "hf_0123456789012345678901234567890123456789");
  EXPECT_EQ(bad.status, 401);
  EXPECT_EQ(bad.header("X-Error-Message"), "Invalid credentials in Authorization header");
  EXPECT_EQ(bad.header("X-Error-Code"), "");
  EXPECT_EQ(api.get("/api/whoami-v2").status, 401);
}

TEST_F(PeopleTest, ABadTokenIsRefusedEvenWhereNoneIsNeeded) {
  api.hub.add_repo("lab/model");
  const auto response = api.get("/api/models/lab/model", "hf_bad");
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(text_at(response, "error"), "Invalid credentials in Authorization header");
}

TEST_F(PeopleTest, AnAdminTokenIsAWriteTokenToClients) {
  const auto token = api.hub.token("admin", meta::TokenRole::Admin);
  const auto body = json_of(api.get("/api/whoami", token));
  EXPECT_EQ(body.at("auth").at("accessToken").at("role"), "write");
  EXPECT_TRUE(body.at("orgs").as_array().empty());
}

TEST_F(PeopleTest, OverviewsCountAndKeepAddressesToThemselves) {
  api.hub.add_repo("alice/model");
  const auto user = api.get("/api/users/Alice/overview");
  ASSERT_EQ(user.status, 200);
  EXPECT_EQ(text_at(user, "user"), "alice");
  EXPECT_EQ(json_of(user).at("numModels"), 1);
  EXPECT_EQ(user.body.find("example.org"), std::string::npos);
  const auto lab = api.get("/api/organizations/lab/overview");
  EXPECT_EQ(json_of(lab).at("numUsers"), 1);
  EXPECT_EQ(api.get("/api/users/lab/overview").status, 404);
  EXPECT_EQ(api.get("/api/organizations/alice/overview").status, 404);
  EXPECT_EQ(api.get("/api/users/nobody/overview").status, 404);
}

TEST_F(PeopleTest, MembersAndFollowersAreLists) {
  const auto members = json_of(api.get("/api/organizations/lab/members")).as_array();
  ASSERT_EQ(members.size(), 1U);
  EXPECT_EQ(members[0].at("user"), "alice");
  EXPECT_EQ(api.get("/api/users/alice/followers").body, "[]");
}

TEST_F(PeopleTest, AnAvatarIsASandboxedPicture) {
  const auto url =
      std::string(json_of(api.get("/api/whoami-v2", api.alice)).at("avatarUrl").as_string());
  const auto response = api.get(url.substr(url.find("/avatars")));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("Content-Type"), "image/svg+xml");
  EXPECT_NE(response.header("Content-Security-Policy").find("sandbox"), std::string::npos);
  EXPECT_NE(response.body.find(">A</text>"), std::string::npos);
}

}  // namespace
}  // namespace granary::api::hf
