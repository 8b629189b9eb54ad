// Tests of history: commits in pages, refs by kind, and the last commit of a path.
#include "service/history.h"

#include <gtest/gtest.h>

#include "base/env.h"
#include "base/limits.h"
#include "meta/sqlite/sqlite_meta_store.h"
#include "service/commit_testing.h"

namespace granary::service {
namespace {

using testing::Files;
using testing::TestRepo;

class HistoryOfARepo : public ::testing::Test {
 protected:
  HistoryOfARepo() {
    facts_ = *meta::create_sqlite_meta_store(real_env(), {.path = ":memory:"});
    meta::NewNamespace user;
    user.name = "alice";
    user_ = *facts_->accounts().create_namespace(user);
    trees_.emplace(facts_->git(), facts_->content());
    history_.emplace(*facts_, *trees_);
  }

  TestRepo make_repo(const Files& files) {
    meta::NewRepo fresh;
    fresh.name = {meta::RepoKind::Model, "alice", "m"};
    return TestRepo(*facts_, fresh, files);
  }

  /// The messages of the last commits of `paths`; "-" where there is none.
  std::vector<std::string> last_commits(const TestRepo& repo, std::vector<std::string> paths) {
    std::vector<PathInfo> entries;
    for (std::string& path : paths) {
      PathInfo entry;
      entry.path = std::move(path);
      entries.push_back(std::move(entry));
    }
    const auto head = *facts_->git().read_commit(repo.id(), repo.head());
    auto found = history_->last_commits(repo.id(), head, entries);
    EXPECT_TRUE(found) << (found ? "" : found.error().message);
    std::vector<std::string> messages;
    if (!found) return messages;
    for (const auto& commit : *found) messages.push_back(commit ? commit->message : "-");
    return messages;
  }

  std::unique_ptr<meta::MetaStore> facts_;
  meta::Namespace user_;
  std::optional<Trees> trees_;
  std::optional<History> history_;
};

TEST_F(HistoryOfARepo, PagesOfCommitsGiveEachOnceNewestFirst) {
  TestRepo repo = make_repo({{{"a", "0"}}, {}});
  for (int i = 1; i < 10; ++i) repo.commit({{{"a", std::to_string(i)}}, {}}, std::to_string(i));
  std::vector<std::string> messages;
  std::optional<GitOid> next = repo.head();
  while (next) {
    auto page = history_->commits(repo.id(), *next, 3);
    ASSERT_TRUE(page);
    EXPECT_LE(page->commits.size(), 3U);
    for (const auto& listed : page->commits) messages.push_back(listed.commit.message);
    next = page->next;
  }
  EXPECT_EQ(messages, (std::vector<std::string>{"9", "8", "7", "6", "5", "4", "3", "2", "1",
                                                "initial commit"}));
  EXPECT_EQ(history_->revision(repo.id(), "main")->commit.depth, 10U);
}

TEST_F(HistoryOfARepo, CommitsOfAnUnknownHashAreRevisionNotFound) {
  TestRepo repo = make_repo({{{"a", "0"}}, {}});
  EXPECT_EQ(history_->commits(repo.id(), GitOid{}, 3).error().kind, ErrorKind::RevisionNotFound);
}

TEST_F(HistoryOfARepo, AnAuthorIsTheUserElseWhatGitSays) {
  TestRepo repo = make_repo({{{"a", "0"}}, {}});
  auto batch = testing::make_batch({{{"a", "1"}}, {}}, "by a user", repo.head(), WallTime{});
  batch.repo = repo.id();
  batch.expected = repo.head();
  batch.commit.author_name = "Somebody Else";
  batch.commit.author = user_.id;
  ASSERT_TRUE(facts_->git().commit(batch));
  auto page = history_->commits(repo.id(), batch.commit.oid, 10);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->commits[0].author, "alice");
  EXPECT_EQ(page->commits[1].author, "alice");
}

TEST_F(HistoryOfARepo, RefsAreListedByWhatTheyAre) {
  TestRepo repo = make_repo({{{"a", "0"}}, {}});
  repo.point("refs/tags/v1", repo.head());
  repo.point("refs/pr/3", repo.head());
  repo.point("refs/convert/parquet", repo.head());
  repo.point("refs/heads/feature/x", repo.head());
  auto refs = history_->refs(repo.id());
  ASSERT_TRUE(refs);
  ASSERT_EQ(refs->branches.size(), 2U);
  EXPECT_EQ(refs->branches[0].name, "feature/x");
  EXPECT_EQ(refs->branches[1].name, "main");
  EXPECT_EQ(refs->tags.at(0).name, "v1");
  EXPECT_EQ(refs->converts.at(0).name, "parquet");
  EXPECT_EQ(refs->pull_requests.at(0).name, "3");
  EXPECT_EQ(refs->pull_requests.at(0).target, repo.head());
}

TEST_F(HistoryOfARepo, TheLastCommitOfAPathIsTheOneThatMadeItWhatItIs) {
  TestRepo repo = make_repo({{{"a", "1"}, {"d/x", "1"}}, {}});
  repo.commit({{{"a", "2"}, {"d/x", "1"}}, {}}, "changes a");
  repo.commit({{{"a", "2"}, {"d/x", "1"}, {"d/y", "1"}}, {}}, "adds y");
  repo.commit({{{"a", "2"}, {"d/x", "1"}, {"d/y", "1"}, {"e/f/g", "1"}}, {}}, "adds g");
  EXPECT_EQ(last_commits(repo, {"a", "d", "d/x", "d/y", "e", "e/f/g"}),
            (std::vector<std::string>{"changes a", "adds y", "initial commit", "adds y", "adds g",
                                      "adds g"}));
}

TEST_F(HistoryOfARepo, AFileThatCameBackWasLastTouchedWhenItCameBack) {
  TestRepo repo = make_repo({{{"a", "1"}, {"b", "1"}}, {}});
  repo.commit({{{"b", "1"}}, {}}, "deletes a");
  repo.commit({{{"a", "1"}, {"b", "1"}}, {}}, "brings a back");
  EXPECT_EQ(last_commits(repo, {"a", "b"}),
            (std::vector<std::string>{"brings a back", "initial commit"}));
}

TEST_F(HistoryOfARepo, APathThatIsNotThereHasNoLastCommit) {
  TestRepo repo = make_repo({{{"a", "1"}}, {}});
  EXPECT_EQ(last_commits(repo, {"nope", "no/pe", "a"}),
            (std::vector<std::string>{"-", "-", "initial commit"}));
  EXPECT_TRUE(last_commits(repo, {}).empty());
}

TEST_F(HistoryOfARepo, AnEmptyCommitTouchesNothing) {
  TestRepo repo = make_repo({{{"a", "1"}}, {}});
  repo.commit({{{"a", "1"}}, {}}, "empty");
  EXPECT_EQ(last_commits(repo, {"a"}), (std::vector<std::string>{"initial commit"}));
}

TEST_F(HistoryOfARepo, TheWalkThroughHistoryIsBounded) {
  TestRepo repo = make_repo({{{"old", "1"}, {"a", ""}}, {}});
  const std::size_t count = limits::kHistoryWalkCommitCountMax;
  for (std::size_t i = 0; i <= count; ++i) {
    repo.commit({{{"old", "1"}, {"a", std::to_string(i)}}, {}}, "c" + std::to_string(i));
  }
  EXPECT_EQ(last_commits(repo, {"old", "a"}),
            (std::vector<std::string>{"-", "c" + std::to_string(count)}));
}

}  // namespace
}  // namespace granary::service
