// Tests of accounts: rules for names, tokens and members.
#include "service/accounts.h"

#include <gtest/gtest.h>

#include "service/hub_testing.h"

namespace granary::service {
namespace {

using meta::OrgRole;
using meta::TokenRole;
using testing::error_kind;

class AccountsTest : public ::testing::Test {
 protected:
  CreateNamespace named(const std::string& name) {
    CreateNamespace fresh;
    fresh.name = name;
    fresh.owner = "alice";
    return fresh;
  }
  CreateToken token_for(const std::string& user, TokenRole role, const std::string& name = "") {
    return {.user = user, .name = name, .role = role, .expires = std::nullopt};
  }

  testing::TestHub hub;
};

TEST_F(AccountsTest, OnlyAnAdministratorMakesUsersAndOrganizations) {
  const auto alice = hub.caller_named("alice");
  EXPECT_EQ(error_kind(hub.accounts.create_user(alice, named("carol"))), ErrorKind::Denied);
  EXPECT_EQ(error_kind(hub.accounts.create_organization(alice, named("team"))), ErrorKind::Denied);
  const auto admin = hub.caller(hub.token("admin", TokenRole::Admin));
  EXPECT_TRUE(hub.accounts.create_user(admin, named("carol")));
  EXPECT_TRUE(hub.accounts.create_organization(admin, named("team")));
}

TEST_F(AccountsTest, ANameIsTakenInEveryCaseByUsersAndOrganizationsAlike) {
  EXPECT_EQ(error_kind(hub.accounts.create_user(local_operator(), named("ALICE"))),
            ErrorKind::Conflict);
  EXPECT_EQ(error_kind(hub.accounts.create_organization(local_operator(), named("Bob"))),
            ErrorKind::Conflict);
  EXPECT_EQ(error_kind(hub.accounts.create_user(local_operator(), named("datasets"))),
            ErrorKind::Conflict);
  EXPECT_EQ(error_kind(hub.accounts.create_user(local_operator(), named("a--b"))),
            ErrorKind::Invalid);
}

TEST_F(AccountsTest, ANameThatCouldBeTakenForAnotherIsToldOf) {
  hub.add_user("mistral");
  const auto created = hub.accounts.create_user(local_operator(), named("rnistral"));
  ASSERT_TRUE(created);
  EXPECT_EQ(created->near_names, std::vector<std::string>{"mistral"});
  EXPECT_TRUE(hub.accounts.create_user(local_operator(), named("qwen"))->near_names.empty());
}

TEST_F(AccountsTest, TheFirstAdminIsMadeOnce) {
  const auto again = hub.accounts.create_first_admin("");
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->has_value());
}

TEST_F(AccountsTest, ATokenMakesNoStrongerOne) {
  const auto writer = hub.caller_named("alice");
  EXPECT_TRUE(hub.accounts.add_token(writer, token_for("alice", TokenRole::Write)));
  EXPECT_TRUE(hub.accounts.add_token(writer, token_for("alice", TokenRole::Read)));
  EXPECT_EQ(error_kind(hub.accounts.add_token(writer, token_for("alice", TokenRole::Admin))),
            ErrorKind::Denied);
  const auto reader = hub.caller(hub.token("alice", TokenRole::Read));
  EXPECT_EQ(error_kind(hub.accounts.add_token(reader, token_for("alice", TokenRole::Read))),
            ErrorKind::Denied);
}

TEST_F(AccountsTest, NobodyManagesTokensOfOthers) {
  const auto bob = hub.caller_named("bob");
  EXPECT_EQ(error_kind(hub.accounts.add_token(bob, token_for("alice", TokenRole::Read))),
            ErrorKind::Denied);
  EXPECT_EQ(error_kind(hub.accounts.list_tokens(bob, "alice")), ErrorKind::Denied);
  EXPECT_EQ(error_kind(hub.accounts.revoke_token(bob, "alice", "token-1")), ErrorKind::Denied);
}

TEST_F(AccountsTest, TokenNamesAreFileNamesAndUniqueForTheirUser) {
  const auto system = local_operator();
  EXPECT_TRUE(hub.accounts.add_token(system, token_for("alice", TokenRole::Read, "my.laptop_2")));
  EXPECT_EQ(error_kind(
                hub.accounts.add_token(system, token_for("alice", TokenRole::Read, "my.laptop_2"))),
            ErrorKind::Conflict);
  EXPECT_TRUE(hub.accounts.add_token(system, token_for("bob", TokenRole::Read, "my.laptop_2")));
  for (const char* name : {"../x", "a/b", ".hidden", "a b"}) {
    EXPECT_EQ(error_kind(hub.accounts.add_token(system, token_for("bob", TokenRole::Read, name))),
              ErrorKind::Invalid)
        << name;
  }
}

TEST_F(AccountsTest, NamelessTokensAreNumbered) {
  const auto first = hub.accounts.add_token(local_operator(), token_for("bob", TokenRole::Read));
  const auto second = hub.accounts.add_token(local_operator(), token_for("bob", TokenRole::Read));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->token.name, "token-1");
  EXPECT_EQ(second->token.name, "token-2");
}

TEST_F(AccountsTest, MembersAreTheBusinessOfTheOrganizationsAdmins) {
  const Accounts::MemberChange change{"lab", "bob", OrgRole::Write};
  EXPECT_EQ(error_kind(hub.accounts.set_member(hub.caller_named("bob"), change)),
            ErrorKind::Denied);
  EXPECT_TRUE(hub.accounts.set_member(hub.caller_named("alice"), change));
  EXPECT_EQ(error_kind(hub.accounts.remove_member(hub.caller_named("bob"), "lab", "alice")),
            ErrorKind::Denied)
      << "writing is not administering";
  EXPECT_EQ(error_kind(hub.accounts.remove_member(hub.caller_named("alice"), "lab", "alice")),
            ErrorKind::Conflict)
      << "the last admin stays";
}

TEST_F(AccountsTest, AnOverviewCountsOnlyWhatTheCallerSees) {
  hub.add_repo("lab/open");
  hub.add_repo("lab/secret", meta::Visibility::Private);
  hub.add_repo("lab/data", meta::Visibility::Public, meta::RepoKind::Dataset);
  const auto seen_by_all = hub.accounts.overview(hub.caller(), "lab");
  const auto seen_by_alice = hub.accounts.overview(hub.caller_named("alice"), "lab");
  ASSERT_TRUE(seen_by_all && seen_by_alice);
  EXPECT_EQ(seen_by_all->model_count, 1U);
  EXPECT_EQ(seen_by_all->dataset_count, 1U);
  EXPECT_EQ(seen_by_all->member_count, 1U);
  EXPECT_EQ(seen_by_alice->model_count, 2U);
}

TEST_F(AccountsTest, ChangesAreWrittenToTheAuditLog) {
  hub.add_member("lab", "bob", OrgRole::Write);
  const auto entries = hub.facts->accounts().latest_audit(1);
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 1U);
  EXPECT_EQ((*entries)[0].actor, "system");
  EXPECT_EQ((*entries)[0].action, "member.set");
  EXPECT_EQ((*entries)[0].subject, "lab");
  EXPECT_EQ((*entries)[0].detail, "bob write");
}

}  // namespace
}  // namespace granary::service
