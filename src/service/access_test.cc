// Tests of access: who is calling, what they see, and that known answers cost no SQL.
#include "service/access.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "service/hub_testing.h"

namespace granary::service {
namespace {

using meta::OrgRole;
using meta::TokenRole;
using meta::Visibility;
using testing::error_kind;
using testing::repo_name;

class AccessTest : public ::testing::Test {
 protected:
  testing::TestHub hub;
};

TEST_F(AccessTest, NoTokenIsAStranger) {
  const Caller caller = hub.caller();
  EXPECT_TRUE(caller.is_stranger());
  EXPECT_FALSE(caller.may_write());
  EXPECT_EQ(caller.actor_name(), "anonymous");
  EXPECT_TRUE(caller.viewer().namespaces.empty());
}

TEST_F(AccessTest, AnUnknownTokenIsBadCredentialsInTheWordsThatClientsCompare) {
  const auto caller = hub.access.identify("hf_0123456789012345678901234567890123456789");
  ASSERT_EQ(error_kind(caller), ErrorKind::Unauthenticated);
  EXPECT_EQ(caller.error().message, "Invalid credentials in Authorization header");
}

TEST_F(AccessTest, ATokenGivesItsUserWithMemberships) {
  const Caller caller = hub.caller_named("alice");
  EXPECT_EQ(caller.user->name, "alice");
  ASSERT_EQ(caller.memberships.size(), 1U);
  EXPECT_EQ(caller.memberships[0].organization_name, "lab");
  EXPECT_EQ(caller.role_in(caller.user->id), OrgRole::Admin);
  EXPECT_EQ(caller.role_in(caller.memberships[0].organization), OrgRole::Admin);
}

TEST_F(AccessTest, ATokenThatExpiresWhileItIsKnownIsRefused) {
  CreateToken fresh{.user = "alice",
                    .name = "short",
                    .role = TokenRole::Write,
                    .expires = hub.clock.now + std::chrono::seconds(10)};
  const auto token = hub.accounts.add_token(local_operator(), fresh);
  ASSERT_TRUE(token);
  EXPECT_TRUE(hub.access.identify(token->secret));
  EXPECT_NE(hub.access.identify_now(token->secret), nullptr);
  hub.clock.advance(std::chrono::seconds(10));
  EXPECT_EQ(hub.access.identify_now(token->secret), nullptr);
  EXPECT_EQ(error_kind(hub.access.identify(token->secret)), ErrorKind::Unauthenticated);
}

TEST_F(AccessTest, ARevokedTokenIsRefusedAtOnce) {
  const std::string secret = hub.token("alice");
  EXPECT_TRUE(hub.access.identify(secret));
  ASSERT_TRUE(hub.accounts.revoke_token(local_operator(), "alice", "token-1"));
  EXPECT_EQ(hub.access.identify_now(secret), nullptr);
  EXPECT_EQ(error_kind(hub.access.identify(secret)), ErrorKind::Unauthenticated);
}

TEST_F(AccessTest, ALostMembershipEndsWhatItGave) {
  hub.add_member("lab", "bob", OrgRole::Read);
  hub.add_repo("lab/secret", Visibility::Private);
  const std::string secret = hub.token("bob");
  EXPECT_TRUE(hub.access.find(hub.caller(secret), repo_name("lab/secret")));
  ASSERT_TRUE(hub.accounts.remove_member(local_operator(), "lab", "bob"));
  EXPECT_EQ(error_kind(hub.access.find(hub.caller(secret), repo_name("lab/secret"))),
            ErrorKind::RepoNotFound);
}

TEST_F(AccessTest, AHiddenRepoReadsLikeAnUnknownOne) {
  hub.add_repo("lab/secret", Visibility::Private);
  for (const Caller& caller : {hub.caller(), hub.caller_named("bob")}) {
    auto hidden = hub.access.find(caller, repo_name("lab/secret"));
    auto unknown = hub.access.find(caller, repo_name("lab/absent"));
    ASSERT_FALSE(hidden);
    ASSERT_FALSE(unknown);
    EXPECT_EQ(hidden.error().kind, unknown.error().kind);
    std::string expected = unknown.error().message;
    expected.replace(expected.find("absent"), 6, "secret");
    EXPECT_EQ(hidden.error().message, expected);
  }
}

TEST_F(AccessTest, AHiddenRepoIsNamedAsTheCallerSpeltIt) {
  hub.add_repo("lab/Secret", Visibility::Private);
  const auto hidden = hub.access.find(hub.caller(), repo_name("LAB/secret"));
  ASSERT_FALSE(hidden);
  EXPECT_EQ(hidden.error().message.find("Secret"), std::string::npos);
}

TEST_F(AccessTest, LookupIgnoresCaseAndDisplayKeepsIt) {
  hub.add_repo("lab/Qwen3-0.6B");
  const auto found = hub.access.find(hub.caller(), repo_name("LAB/qwen3-0.6b"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->repo.name.full(), "lab/Qwen3-0.6B");
  EXPECT_FALSE(found->by_old_name);
}

TEST_F(AccessTest, AKnownRepoShowsWhatWasCommittedSince) {
  const auto repo = hub.add_repo("lab/model");
  const auto before = hub.access.find(hub.caller(), repo_name("lab/model"));
  hub.clock.advance(std::chrono::hours(1));
  hub.commit_file(repo, "a.txt", "a");
  const auto after = hub.access.find(hub.caller(), repo_name("lab/model"));
  ASSERT_TRUE(before && after);
  EXPECT_EQ(after->repo.modified - before->repo.modified, std::chrono::hours(1));
}

TEST_F(AccessTest, ARepoMadeAfterItWasMissedIsFound) {
  EXPECT_FALSE(hub.access.find(hub.caller(), repo_name("lab/model")));
  hub.add_repo("lab/model");
  EXPECT_TRUE(hub.access.find(hub.caller(), repo_name("lab/model")));
}

TEST_F(AccessTest, WritingNeedsARoleThatWritesAndATokenThatWrites) {
  hub.add_repo("lab/model");
  hub.add_member("lab", "bob", OrgRole::Contributor);
  const auto name = repo_name("lab/model");
  EXPECT_TRUE(hub.access.find_for_write(hub.caller_named("alice"), name));
  EXPECT_EQ(error_kind(hub.access.find_for_write(hub.caller(), name)), ErrorKind::Denied);
  EXPECT_EQ(error_kind(hub.access.find_for_write(hub.caller_named("bob"), name)),
            ErrorKind::Denied);
  EXPECT_EQ(
      error_kind(hub.access.find_for_write(hub.caller(hub.token("alice", TokenRole::Read)), name)),
      ErrorKind::Denied);
  hub.add_member("lab", "bob", OrgRole::Write);
  EXPECT_TRUE(hub.access.find_for_write(hub.caller_named("bob"), name));
}

TEST_F(AccessTest, WritingToAHiddenRepoIsNotFoundAndNotDenied) {
  hub.add_repo("lab/secret", Visibility::Private);
  const auto bob = hub.caller_named("bob");
  for (const auto& result : {hub.access.find_for_write(bob, repo_name("lab/secret")),
                             hub.access.find_for_admin(bob, repo_name("lab/secret")),
                             hub.access.find_for_content(bob, repo_name("lab/secret"))}) {
    EXPECT_EQ(error_kind(result), ErrorKind::RepoNotFound);
  }
}

TEST_F(AccessTest, OnlyAnAdminTokenOfAnInstanceAdminDoesEverything) {
  hub.add_repo("lab/secret", Visibility::Private);
  const auto name = repo_name("lab/secret");
  EXPECT_TRUE(hub.access.find_for_write(hub.caller(hub.token("admin", TokenRole::Admin)), name));
  EXPECT_EQ(error_kind(hub.access.find(hub.caller(hub.token("admin")), name)),
            ErrorKind::RepoNotFound);
  EXPECT_EQ(error_kind(hub.access.find(hub.caller(hub.token("bob", TokenRole::Admin)), name)),
            ErrorKind::RepoNotFound);
}

TEST_F(AccessTest, AGatedRepoIsSeenByAllAndReadByThoseLetIn) {
  hub.add_repo("lab/gated");
  const auto name = repo_name("lab/gated");
  const auto alice = hub.caller_named("alice");
  ASSERT_TRUE(hub.repos.update_settings(
      alice, name, {.visibility = std::nullopt, .gating = meta::Gating::Manual}));
  const auto bob = hub.caller_named("bob");
  EXPECT_TRUE(hub.access.find(hub.caller(), name));
  EXPECT_TRUE(hub.access.find_for_content(alice, name));
  const auto refused = hub.access.find_for_content(bob, name);
  ASSERT_EQ(error_kind(refused), ErrorKind::Gated);
  EXPECT_NE(refused.error().message.find("Access to model lab/gated is restricted and you are not "
                                         "in the authorized list"),
            std::string::npos);
  EXPECT_EQ(error_kind(hub.access.find_for_content(hub.caller(), name)), ErrorKind::Gated);

  ASSERT_TRUE(hub.repos.ask_access(bob, name, ""));
  EXPECT_EQ(error_kind(hub.access.find_for_content(bob, name)), ErrorKind::Gated);
  ASSERT_TRUE(hub.repos.handle_access(
      alice, name, {.user = "bob", .request_id = "", .status = meta::AccessStatus::Accepted}));
  EXPECT_TRUE(hub.access.find_for_content(bob, name));
  ASSERT_TRUE(hub.repos.handle_access(
      alice, name, {.user = "bob", .request_id = "", .status = meta::AccessStatus::Rejected}));
  EXPECT_EQ(error_kind(hub.access.find_for_content(bob, name)), ErrorKind::Gated);
}

TEST_F(AccessTest, CreatingIsForOnesOwnNamespaceAndThoseOneWritesIn) {
  const auto alice = hub.caller_named("alice");
  EXPECT_EQ(hub.access.find_for_create(alice, "")->name, "alice");
  EXPECT_EQ(hub.access.find_for_create(alice, "LAB")->name, "lab");
  EXPECT_EQ(error_kind(hub.access.find_for_create(alice, "bob")), ErrorKind::Denied);
  EXPECT_EQ(error_kind(hub.access.find_for_create(alice, "nobody")), ErrorKind::Denied);
  EXPECT_EQ(error_kind(hub.access.find_for_create(hub.caller(), "lab")),
            ErrorKind::Unauthenticated);
  EXPECT_EQ(
      error_kind(hub.access.find_for_create(hub.caller(hub.token("alice", TokenRole::Read)), "")),
      ErrorKind::Denied);
}

TEST_F(AccessTest, UsesOfTokensAreWrittenWhenFlushed) {
  const std::string secret = hub.token("bob");
  hub.caller(secret);
  hub.clock.advance(std::chrono::seconds(5));
  hub.caller(secret);
  const auto generation = hub.facts->access_generation();
  ASSERT_TRUE(hub.access.flush_token_uses());
  const auto tokens = hub.accounts.list_tokens(local_operator(), "bob");
  ASSERT_TRUE(tokens);
  EXPECT_EQ((*tokens)[0].last_used, hub.clock.now);
  EXPECT_EQ(hub.facts->access_generation(), generation) << "caches need not know of it";
}

TEST(Secrets, ATokenIsWhatClientsAndScannersExpect) {
  std::set<std::string> seen;
  std::set<char> letters;
  for (int i = 0; i < 200; ++i) {
    const std::string secret = make_secret(real_env().random);
    EXPECT_EQ(secret.size(), 43U);
    EXPECT_EQ(secret.substr(0, 3), "hf_");
    for (const char c : secret.substr(3)) {
      EXPECT_TRUE(std::isalnum(static_cast<unsigned char>(c)));
      letters.insert(c);
    }
    EXPECT_TRUE(seen.insert(secret).second);
  }
  EXPECT_EQ(letters.size(), 62U);
}

}  // namespace
}  // namespace granary::service
