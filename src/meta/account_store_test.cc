// The AccountStore part of the MetaStore suite.
#include "meta/meta_store_suite.h"

namespace granary::meta {
namespace {

NewToken token_named(NamespaceId user, const std::string& name, const Sha256& secret) {
  return {
      .user = user, .name = name, .role = TokenRole::Write, .secret_sha256 = secret, .expires = {}};
}

TEST_P(MetaStoreSuite, ANamespaceIsFoundInAnyCaseAndShownAsCreated) {
  const NamespaceId ada = add_user("Ada");
  ASSERT_TAKE(const Namespace found, accounts().find_namespace("aDA"));
  EXPECT_EQ(found.id, ada);
  EXPECT_EQ(found.name, "Ada");
  EXPECT_EQ(found.full_name, "Ada Full");
  EXPECT_EQ(found.email, "Ada@example.org");
  EXPECT_EQ(found.public_id.size(), 24u);
  EXPECT_EQ(found.created, clock.now);
  ASSERT_TAKE(const Namespace same, accounts().read_namespace(ada));
  EXPECT_EQ(same.public_id, found.public_id);
  EXPECT_EQ(kind_of(accounts().find_namespace("nobody")), ErrorKind::NotFound);
  EXPECT_EQ(kind_of(accounts().read_namespace(NamespaceId{12345})), ErrorKind::NotFound);
}

TEST_P(MetaStoreSuite, ANamespaceNameIsTakenInEveryCaseAndByEitherKind) {
  const NamespaceId ada = add_user("Ada");
  EXPECT_EQ(kind_of(accounts().create_namespace(
                {.name = "ADA", .full_name = {}, .email = {}, .owner = {}})),
            ErrorKind::Conflict);
  EXPECT_EQ(kind_of(accounts().create_namespace({.kind = NamespaceKind::Organization,
                                                 .name = "ada",
                                                 .full_name = {},
                                                 .email = {},
                                                 .owner = ada})),
            ErrorKind::Conflict);
  EXPECT_EQ(kind_of(accounts().create_namespace({.kind = NamespaceKind::Organization,
                                                 .name = "org",
                                                 .full_name = {},
                                                 .email = {},
                                                 .owner = NamespaceId{999}})),
            ErrorKind::NotFound);
  EXPECT_EQ(kind_of(accounts().find_namespace("org")), ErrorKind::NotFound);
}

TEST_P(MetaStoreSuite, NamespacesAreListedByNameInPages) {
  for (const char* name : {"delta", "Alpha", "charlie", "Bravo"}) add_user(name);
  add_organization("aardvarks", accounts().find_namespace("alpha")->id);
  ASSERT_TAKE(auto page, accounts().list_namespaces(NamespaceKind::User, "", 3));
  ASSERT_EQ(page.size(), 3u);
  EXPECT_EQ(page[0].name, "Alpha");
  EXPECT_EQ(page[1].name, "Bravo");
  EXPECT_EQ(page[2].name, "charlie");
  ASSERT_TAKE(page, accounts().list_namespaces(NamespaceKind::User, page[2].name, 3));
  ASSERT_EQ(page.size(), 1u);
  EXPECT_EQ(page[0].name, "delta");
}

TEST_P(MetaStoreSuite, ATokenIsFoundByItsHashWithItsOwner) {
  const NamespaceId ada = add_user("ada");
  const Sha256 secret = sha256_named("secret");
  NewToken fresh = token_named(ada, "laptop", secret);
  fresh.expires = clock.now + std::chrono::hours(1);
  ASSERT_TAKE(const Token added, accounts().add_token(fresh));
  ASSERT_TAKE(const TokenOwner found, accounts().find_token(secret));
  EXPECT_EQ(found.token.id, added.id);
  EXPECT_EQ(found.token.name, "laptop");
  EXPECT_EQ(found.token.role, TokenRole::Write);
  EXPECT_EQ(found.token.expires, fresh.expires);
  EXPECT_EQ(found.token.last_used, std::nullopt);
  EXPECT_EQ(found.user.name, "ada");
  EXPECT_EQ(kind_of(accounts().find_token(sha256_named("other"))), ErrorKind::NotFound);
}

TEST_P(MetaStoreSuite, ATokenNameIsUniqueForItsUserOnly) {
  const NamespaceId ada = add_user("ada");
  const NamespaceId bob = add_user("bob");
  ASSERT_DONE(accounts().add_token(token_named(ada, "t", sha256_named("1"))));
  EXPECT_EQ(kind_of(accounts().add_token(token_named(ada, "t", sha256_named("2")))),
            ErrorKind::Conflict);
  ASSERT_DONE(accounts().add_token(token_named(bob, "t", sha256_named("3"))));
  EXPECT_EQ(kind_of(accounts().add_token(token_named(NamespaceId{77}, "t", sha256_named("4")))),
            ErrorKind::NotFound);
  EXPECT_EQ(kind_of(accounts().find_token(sha256_named("2"))), ErrorKind::NotFound);
}

TEST_P(MetaStoreSuite, ARevokedTokenIsGoneAtOnce) {
  const NamespaceId ada = add_user("ada");
  ASSERT_DONE(accounts().add_token(token_named(ada, "a", sha256_named("a"))));
  ASSERT_DONE(accounts().add_token(token_named(ada, "b", sha256_named("b"))));
  const std::uint64_t before = store->access_generation();
  ASSERT_DONE(accounts().revoke_token(ada, "a"));
  EXPECT_NE(store->access_generation(), before);
  EXPECT_EQ(kind_of(accounts().find_token(sha256_named("a"))), ErrorKind::NotFound);
  EXPECT_EQ(kind_of(accounts().revoke_token(ada, "a")), ErrorKind::NotFound);
  ASSERT_TAKE(const auto left, accounts().list_tokens(ada));
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].name, "b");
}

TEST_P(MetaStoreSuite, UseOfATokenIsKeptAndIsNoChangeOfAccess) {
  const NamespaceId ada = add_user("ada");
  ASSERT_TAKE(const Token token, accounts().add_token(token_named(ada, "t", sha256_named("t"))));
  const std::uint64_t before = store->access_generation();
  ASSERT_DONE(accounts().touch_token(token.id, clock.now));
  ASSERT_DONE(accounts().touch_token(token.id, clock.now - std::chrono::hours(1)));  // came late
  EXPECT_EQ(store->access_generation(), before);
  EXPECT_EQ(accounts().find_token(sha256_named("t"))->token.last_used, clock.now);
}

TEST_P(MetaStoreSuite, MembersAreSetChangedAndRemoved) {
  const NamespaceId ada = add_user("ada");
  const NamespaceId bob = add_user("bob");
  const NamespaceId org = add_organization("Org", ada);
  ASSERT_DONE(accounts().set_member(org, bob, OrgRole::Read));
  ASSERT_DONE(accounts().set_member(org, bob, OrgRole::Write));
  ASSERT_TAKE(const auto members, accounts().members_of(org));
  ASSERT_EQ(members.size(), 2u);
  EXPECT_EQ(members[0].user_name, "ada");
  EXPECT_EQ(members[0].role, OrgRole::Admin);
  EXPECT_EQ(members[1].user_name, "bob");
  EXPECT_EQ(members[1].role, OrgRole::Write);
  ASSERT_TAKE(const auto of_bob, accounts().memberships_of(bob));
  ASSERT_EQ(of_bob.size(), 1u);
  EXPECT_EQ(of_bob[0].organization_name, "Org");
  ASSERT_DONE(accounts().remove_member(org, bob));
  EXPECT_EQ(kind_of(accounts().remove_member(org, bob)), ErrorKind::NotFound);
  EXPECT_TRUE(accounts().memberships_of(bob)->empty());
  EXPECT_EQ(kind_of(accounts().set_member(bob, ada, OrgRole::Read)), ErrorKind::NotFound);
  EXPECT_EQ(kind_of(accounts().set_member(org, org, OrgRole::Read)), ErrorKind::NotFound);
}

TEST_P(MetaStoreSuite, TheLastAdminOfAnOrganizationStays) {
  const NamespaceId ada = add_user("ada");
  const NamespaceId bob = add_user("bob");
  const NamespaceId org = add_organization("org", ada);
  EXPECT_EQ(kind_of(accounts().remove_member(org, ada)), ErrorKind::Conflict);
  EXPECT_EQ(kind_of(accounts().set_member(org, ada, OrgRole::Write)), ErrorKind::Conflict);
  ASSERT_DONE(accounts().set_member(org, bob, OrgRole::Admin));
  ASSERT_DONE(accounts().remove_member(org, ada));
  EXPECT_EQ(kind_of(accounts().remove_member(org, bob)), ErrorKind::Conflict);
}

TEST_P(MetaStoreSuite, TheFirstValueOfASettingWins) {
  ASSERT_TAKE(const Bytes first, accounts().setting_or_set("key", as_bytes("one")));
  EXPECT_EQ(as_text(first), "one");
  reopen();
  ASSERT_TAKE(const Bytes second, accounts().setting_or_set("key", as_bytes("two")));
  EXPECT_EQ(as_text(second), "one");
  ASSERT_TAKE(const Bytes empty, accounts().setting_or_set("empty", {}));
  EXPECT_TRUE(empty.empty());
}

TEST_P(MetaStoreSuite, TheAuditLogKeepsItsOrder) {
  for (const char* action : {"first", "second", "third"}) {
    ASSERT_DONE(accounts().append_audit({.time = clock.now,
                                         .actor = "ada",
                                         .action = action,
                                         .subject = "s",
                                         .detail = std::string("a\0b", 3)}));
  }
  ASSERT_TAKE(const auto latest, accounts().latest_audit(2));
  ASSERT_EQ(latest.size(), 2u);
  EXPECT_EQ(latest[0].action, "third");
  EXPECT_EQ(latest[1].action, "second");
  EXPECT_EQ(latest[1].detail, std::string("a\0b", 3));
}

}  // namespace
}  // namespace granary::meta
