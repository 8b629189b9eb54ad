// Tests of diffs between revisions: in the forms of git and of the Rust client.
#include "service/diff.h"

#include <gtest/gtest.h>

#include "base/env.h"
#include "base/limits.h"
#include "meta/sqlite/sqlite_meta_store.h"
#include "service/changes.h"
#include "service/commit_testing.h"

namespace granary::service {
namespace {

using testing::Files;
using testing::TestRepo;

class Diff : public ::testing::Test {
 protected:
  Diff() {
    meta::NewNamespace user;
    user.name = "alice";
    EXPECT_TRUE(facts_->accounts().create_namespace(user));
  }

  /// The diff between two sets of files.
  std::string between(const Files& before, const Files& after, bool raw = false) {
    meta::NewRepo fresh;
    fresh.name = {meta::RepoKind::Model, "alice", "m" + std::to_string(++repo_count_)};
    TestRepo repo(*facts_, fresh, before);
    const GitOid old_tree = facts_->git().read_commit(repo.id(), repo.head())->tree;
    repo.commit(after, "second");
    const GitOid new_tree = facts_->git().read_commit(repo.id(), repo.head())->tree;
    TreeCache trees(facts_->git(), limits::kTreeCacheSizeBytesMax);
    const DiffQuery query{.repo = repo.id(), .before = old_tree, .after = new_tree};
    auto text =
        raw ? raw_diff(facts_->git(), trees, query) : unified_diff(facts_->git(), trees, query);
    EXPECT_TRUE(text) << (text ? "" : text.error().message);
    return text ? *text : "";
  }

  std::unique_ptr<meta::MetaStore> facts_ =
      *meta::create_sqlite_meta_store(real_env(), {.path = ":memory:"});
  int repo_count_ = 0;
};

TEST_F(Diff, AChangedFileIsShownAsGitShowsIt) {
  EXPECT_EQ(between({{{"a.txt", "hello\n"}}, {}}, {{{"a.txt", "hello\nworld\n"}}, {}}),
            "diff --git a/a.txt b/a.txt\n"
            "index ce013625030ba8dba906f756967f9e9ca394464a.."
            "94954abda49de8615a048f8d2e64b5de848e27a1 100644\n"
            "--- a/a.txt\n+++ b/a.txt\n@@ -1 +1,2 @@\n hello\n+world\n");
}

TEST_F(Diff, FilesThatComeGoAndStandInTheWayOfEachOther) {
  const std::string text =
      between({{{"gone", "1\n"}, {"same", "x"}, {"d/e", "1\n"}, {"f", "1\n"}}, {}},
              {{{"new", "2\n"}, {"same", "x"}, {"d", "now a file\n"}, {"f/g", "1\n"}}, {}});
  for (const char* line : {"deleted file mode 100644", "new file mode 100644", "--- a/gone",
                           "+++ /dev/null", "--- a/d/e", "+++ b/d\n", "+++ b/f/g\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line;
  }
  EXPECT_EQ(text.find("same"), std::string::npos);
}

TEST_F(Diff, BinaryFilesAreOnlySaidToDiffer) {
  const std::string text =
      between({{{"a", std::string("\0a", 2)}}, {}}, {{{"a", std::string("\0b", 2)}}, {}});
  EXPECT_TRUE(text.ends_with("\nBinary files a/a and b/a differ\n"));
}

TEST_F(Diff, TheRawFormIsWhatTheRustClientParses) {
  Files before{{{"gone", "1234"}, {"t", "a"}}, {}};
  Files after{{{"t", "bb"}, {"\xE6\x97\xA5", std::string(3, '\0')}}, {}};
  after.lfs["w.safetensors"] = {Sha256{}, 5'000'000'000};
  const std::string zero(40, '0');
  const std::string text = between(before, after, true);
  EXPECT_NE(text.find("T 4\t:100644 000000 274c0052dd5408f8ae2bc8440029ff67d79bc5c3... " + zero +
                      "... D\tgone\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("T 2\t:100644 100644 "), std::string::npos) << text;
  EXPECT_NE(text.find("... M\tt\n"), std::string::npos) << text;
  EXPECT_NE(text.find("T 5000000000\t:000000 100644 " + zero + "... "), std::string::npos) << text;
  EXPECT_NE(text.find("B 3\t:000000 100644 "), std::string::npos) << text;
  EXPECT_NE(text.find("... A\t\xE6\x97\xA5\n"), std::string::npos) << text;
}

TEST_F(Diff, EqualTreesGiveNothing) {
  EXPECT_EQ(between({{{"a", "1"}}, {}}, {{{"a", "1"}}, {}}), "");
  EXPECT_EQ(between({{{"a", "1"}}, {}}, {{{"a", "1"}}, {}}, true), "");
}

TEST_F(Diff, TooManyChangesAreRefused) {
  meta::NewRepo fresh;
  fresh.name = {meta::RepoKind::Model, "alice", "m"};
  Files files;
  for (int i = 0; i < 20; ++i) files.blobs["d/" + std::to_string(i)] = "x";
  TestRepo repo(*facts_, fresh, files);
  const GitOid tree = facts_->git().read_commit(repo.id(), repo.head())->tree;
  TreeCache trees(facts_->git(), limits::kTreeCacheSizeBytesMax);
  EXPECT_EQ(find_changes(trees, repo.id(), std::nullopt, tree, 20)->size(), 20U);
  EXPECT_EQ(find_changes(trees, repo.id(), std::nullopt, tree, 19).error().kind,
            ErrorKind::TooLarge);
}

}  // namespace
}  // namespace granary::service
