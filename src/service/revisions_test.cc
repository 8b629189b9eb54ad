// Tests of what a revision's text means.
#include "service/revisions.h"

#include <gtest/gtest.h>

#include "base/env.h"
#include "meta/sqlite/sqlite_meta_store.h"
#include "service/commit_testing.h"

namespace granary::service {
namespace {

class Revisions : public ::testing::Test {
 protected:
  Revisions() {
    facts_ = *meta::create_sqlite_meta_store(real_env(), {.path = ":memory:"});
    meta::NewNamespace user;
    user.name = "alice";
    EXPECT_TRUE(facts_->accounts().create_namespace(user));
    meta::NewRepo fresh;
    fresh.name = {meta::RepoKind::Model, "alice", "m"};
    repo_.emplace(*facts_, fresh, testing::Files{{{"a.txt", "1"}}, {}});
    first_ = repo_->head();
    second_ = repo_->commit({{{"a.txt", "2"}}, {}}, "second");
  }

  Result<Revision> resolve(std::string_view text) {
    return resolve_revision(facts_->git(), repo_->id(), text);
  }
  GitOid oid_of(std::string_view text) {
    auto found = resolve(text);
    EXPECT_TRUE(found) << text;
    return found ? found->commit.oid : GitOid{};
  }
  void expect_unknown(std::string_view text) {
    auto found = resolve(text);
    ASSERT_FALSE(found) << text;
    EXPECT_EQ(found.error().kind, ErrorKind::RevisionNotFound) << text;
  }

  std::unique_ptr<meta::MetaStore> facts_;
  std::optional<testing::TestRepo> repo_;
  GitOid first_;
  GitOid second_;
};

TEST_F(Revisions, ABranchIsItsHead) {
  EXPECT_EQ(oid_of("main"), second_);
  EXPECT_EQ(oid_of("refs/heads/main"), second_);
  EXPECT_EQ(resolve("main")->ref, "refs/heads/main");
  EXPECT_FALSE(resolve("main")->is_immutable);
}

TEST_F(Revisions, HeadIsMain) { EXPECT_EQ(oid_of("HEAD"), second_); }

TEST_F(Revisions, AFullHashIsThatCommitInEitherCase) {
  EXPECT_EQ(oid_of(first_.to_string()), first_);
  std::string upper = first_.to_string();
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  EXPECT_EQ(oid_of(upper), first_);
  EXPECT_TRUE(resolve(first_.to_string())->is_immutable);
  EXPECT_EQ(resolve(first_.to_string())->ref, "");
}

TEST_F(Revisions, AShortHashFindsItsCommitButMayMeanAnotherOneDay) {
  EXPECT_EQ(oid_of(first_.to_string().substr(0, 7)), first_);
  EXPECT_FALSE(resolve(first_.to_string().substr(0, 39))->is_immutable);
  expect_unknown(first_.to_string().substr(0, 4));
}

TEST_F(Revisions, ABranchGoesBeforeATagOfTheSameName) {
  repo_->point("refs/tags/v1", first_);
  EXPECT_EQ(oid_of("v1"), first_);
  repo_->point("refs/heads/v1", second_);
  EXPECT_EQ(oid_of("v1"), second_);
  EXPECT_EQ(oid_of("refs/tags/v1"), first_);
}

TEST_F(Revisions, NoBranchStandsInForAFullHash) {
  repo_->point("refs/heads/" + first_.to_string(), second_);
  EXPECT_EQ(oid_of(first_.to_string()), first_);
}

TEST_F(Revisions, PullRequestsAndConversionsAreNamedInFull) {
  repo_->point("refs/pr/1", first_);
  repo_->point("refs/convert/parquet", second_);
  EXPECT_EQ(oid_of("refs/pr/1"), first_);
  EXPECT_EQ(oid_of("refs/convert/parquet"), second_);
  expect_unknown("pr/1");
}

TEST_F(Revisions, WhatIsNotThereIsRevisionNotFound) {
  expect_unknown("");
  expect_unknown("nope");
  expect_unknown("refs/heads/nope");
  expect_unknown("refs/");
  expect_unknown("0123456789abcdef0123456789abcdef01234567");
  expect_unknown(std::string(100'000, 'a'));
  expect_unknown("main\n");
  expect_unknown("ma%in");
}

}  // namespace
}  // namespace granary::service
