// Tests of download counts: gathered, written once, and not lost by a failure.
#include "service/downloads.h"

#include <gtest/gtest.h>

#include "base/env.h"
#include "meta/sqlite/sqlite_meta_store.h"
#include "service/commit_testing.h"

namespace granary::service {
namespace {

class DownloadsOfRepos : public ::testing::Test {
 protected:
  DownloadsOfRepos() {
    facts_ = *meta::create_sqlite_meta_store(real_env(), {.path = ":memory:"});
    meta::NewNamespace user;
    user.name = "alice";
    EXPECT_TRUE(facts_->accounts().create_namespace(user));
  }

  meta::RepoId make_repo(const std::string& name) {
    meta::NewRepo fresh;
    fresh.name = {meta::RepoKind::Model, "alice", name};
    return testing::TestRepo(*facts_, fresh, {}).id();
  }
  std::uint64_t count_of(meta::RepoId repo) { return facts_->repos().read_repo(repo)->downloads; }

  std::unique_ptr<meta::MetaStore> facts_;
};

TEST_F(DownloadsOfRepos, AreWrittenOncePerRepoHoweverManyThereWere) {
  const meta::RepoId a = make_repo("a");
  const meta::RepoId b = make_repo("b");
  Downloads downloads(facts_->repos());
  for (int i = 0; i < 1000; ++i) downloads.add(a);
  downloads.add(b);
  EXPECT_EQ(count_of(a), 0U);
  const auto before = facts_->counters().transactions;
  ASSERT_TRUE(downloads.flush());
  EXPECT_EQ(facts_->counters().transactions - before, 2U);
  EXPECT_EQ(count_of(a), 1000U);
  EXPECT_EQ(count_of(b), 1U);
  ASSERT_TRUE(downloads.flush());
  EXPECT_EQ(count_of(a), 1000U);
}

TEST_F(DownloadsOfRepos, OfADeletedRepoAreForgotten) {
  const meta::RepoId a = make_repo("a");
  const meta::RepoId b = make_repo("b");
  Downloads downloads(facts_->repos());
  downloads.add(a);
  downloads.add(b);
  ASSERT_TRUE(facts_->repos().delete_repo(a, {}));
  EXPECT_TRUE(downloads.flush());
  EXPECT_EQ(count_of(b), 1U);
}

}  // namespace
}  // namespace granary::service
