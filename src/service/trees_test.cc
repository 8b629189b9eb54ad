// Tests of trees: paths, pages, and the order that pages are cut in.
#include "service/trees.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "base/env.h"
#include "base/limits.h"
#include "meta/sqlite/sqlite_meta_store.h"
#include "service/commit_testing.h"

namespace granary::service {
namespace {

using testing::Files;
using testing::TestRepo;

class TreesOfARepo : public ::testing::Test {
 protected:
  TreesOfARepo() {
    facts_ = *meta::create_sqlite_meta_store(real_env(), {.path = ":memory:"});
    meta::NewNamespace user;
    user.name = "alice";
    EXPECT_TRUE(facts_->accounts().create_namespace(user));
    trees_.emplace(facts_->git(), facts_->content());
  }

  TestRepo make_repo(const Files& files) {
    meta::NewRepo fresh;
    fresh.name = {meta::RepoKind::Model, "alice", "m" + std::to_string(++repo_count_)};
    return TestRepo(*facts_, fresh, files);
  }
  GitOid tree_of(const TestRepo& repo) {
    return facts_->git().read_commit(repo.id(), repo.head())->tree;
  }
  std::vector<std::string> list_all(TreeQuery query) {
    std::vector<std::string> paths;
    while (true) {
      auto page = trees_->list(query);
      EXPECT_TRUE(page) << (page ? "" : page.error().message);
      if (!page) return paths;
      EXPECT_LE(page->entries.size(), query.limit);
      for (const PathInfo& entry : page->entries) paths.push_back(entry.path);
      if (!page->has_more) return paths;
      EXPECT_EQ(page->entries.size(), query.limit);
      query.after = paths.back();
    }
  }

  std::unique_ptr<meta::MetaStore> facts_;
  std::optional<Trees> trees_;
  int repo_count_ = 0;
};

TEST_F(TreesOfARepo, APathLeadsToItsBlobWithItsSize) {
  TestRepo repo = make_repo({{{"a/b/c.txt", "hello"}, {"a.txt", ""}}, {}});
  auto found = trees_->find(repo.id(), tree_of(repo), "a/b/c.txt");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->oid.to_string(), "b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0");
  EXPECT_EQ(found->size_bytes, 5U);
  EXPECT_FALSE(found->is_directory);
  EXPECT_FALSE(found->lfs);
  EXPECT_EQ(trees_->find(repo.id(), tree_of(repo), "a.txt")->size_bytes, 0U);
  EXPECT_TRUE(trees_->find(repo.id(), tree_of(repo), "a/b")->is_directory);
  EXPECT_TRUE(trees_->find(repo.id(), tree_of(repo), "")->is_directory);
}

TEST_F(TreesOfARepo, APathThatIsNotThereIsEntryNotFound) {
  TestRepo repo = make_repo({{{"a/b.txt", "x"}}, {}});
  for (const std::string path :
       {"b", "a/c", "a/b.txt/c", "/a", "a/", "a//b.txt", ".", "a/../a/b.txt", "A/b.txt"}) {
    auto found = trees_->find(repo.id(), tree_of(repo), path);
    ASSERT_FALSE(found) << path;
    EXPECT_EQ(found.error().kind, ErrorKind::EntryNotFound) << path;
  }
  std::string deep = "a";
  for (int i = 0; i < 3000; ++i) deep += "/a";
  EXPECT_EQ(trees_->find(repo.id(), tree_of(repo), deep).error().kind, ErrorKind::EntryNotFound);
}

TEST_F(TreesOfARepo, AFolderListsItsOwnEntriesOnly) {
  TestRepo repo = make_repo({{{"b.txt", "1"}, {"a/x", "2"}, {"a/y/z", "3"}, {"c", "4"}}, {}});
  TreeQuery query;
  query.repo = repo.id();
  query.tree = tree_of(repo);
  query.limit = 100;
  EXPECT_EQ(list_all(query), (std::vector<std::string>{"a", "b.txt", "c"}));
  query.folder = "a";
  EXPECT_EQ(list_all(query), (std::vector<std::string>{"a/x", "a/y"}));
  query.recursive = true;
  EXPECT_EQ(list_all(query), (std::vector<std::string>{"a/x", "a/y", "a/y/z"}));
}

TEST_F(TreesOfARepo, AFileOrAMissingFolderHasNoList) {
  TestRepo repo = make_repo({{{"a/x", "2"}}, {}});
  TreeQuery query;
  query.repo = repo.id();
  query.tree = tree_of(repo);
  query.limit = 100;
  for (const std::string folder : {"a/x", "nope", "additional_chat_templates"}) {
    query.folder = folder;
    EXPECT_EQ(trees_->list(query).error().kind, ErrorKind::EntryNotFound) << folder;
  }
}

TEST_F(TreesOfARepo, ARecursiveListIsInTheOrderOfFullPaths) {
  TestRepo repo =
      make_repo({{{"a/z", "1"}, {"a.txt", "2"}, {"a-b", "3"}, {"a0", "4"}, {"a/b/c", "5"}}, {}});
  TreeQuery query;
  query.repo = repo.id();
  query.tree = tree_of(repo);
  query.recursive = true;
  query.limit = 100;
  EXPECT_EQ(list_all(query),
            (std::vector<std::string>{"a", "a-b", "a.txt", "a/b", "a/b/c", "a/z", "a0"}));
}

TEST_F(TreesOfARepo, PagesOfAnySizeTogetherGiveTheWholeListOnce) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const std::vector<std::string> names{"a", "b", "a-", "a!", "a0", "ab", "z"};
  for (int round = 0; round < 8; ++round) {
    Files files;
    std::set<std::string> expected;
    for (int i = 0; i < 60; ++i) {
      std::string path;
      for (auto depth = random() % 4; depth > 0; --depth) {
        path += names[random() % names.size()] + "/";
      }
      files.blobs[path + "f" + std::to_string(random() % 100)] = "x";
    }
    for (const auto& [path, content] : files.blobs) {
      expected.insert(path);
      for (std::size_t at = path.find('/'); at != std::string::npos; at = path.find('/', at + 1)) {
        expected.insert(path.substr(0, at));
      }
    }
    TestRepo repo = make_repo(files);
    TreeQuery query;
    query.repo = repo.id();
    query.tree = tree_of(repo);
    query.recursive = true;
    for (const std::size_t limit : {1U, 2U, 3U, 7U, 1000U}) {
      query.limit = limit;
      EXPECT_EQ(list_all(query), std::vector<std::string>(expected.begin(), expected.end()));
    }
  }
}

TEST_F(TreesOfARepo, FindAllGivesWhatIsThereOnceInTheOrderAsked) {
  TestRepo repo = make_repo({{{"a/x", "22"}, {"b", "1"}}, {}});
  const std::vector<std::string> asked{"b", "nope", "a/", "a", "a/x", "b", "", "/"};
  auto found = trees_->find_all(repo.id(), tree_of(repo), asked);
  ASSERT_TRUE(found);
  std::vector<std::string> paths;
  for (const PathInfo& info : *found) paths.push_back(info.path);
  EXPECT_EQ(paths, (std::vector<std::string>{"b", "a", "a/x"}));
  EXPECT_EQ((*found)[2].size_bytes, 2U);
}

TEST_F(TreesOfARepo, ATreeOfAnotherRepoIsNotServedFromWhatIsKept) {
  TestRepo repo = make_repo({{{"a", "1"}}, {}});
  TestRepo other = make_repo({{{"b", "1"}}, {}});
  const GitOid tree = tree_of(repo);
  ASSERT_TRUE(trees_->find(repo.id(), tree, "a"));
  EXPECT_FALSE(trees_->find(other.id(), tree, "a"));
}

TEST_F(TreesOfARepo, NamesThatAClientMustNotWriteAreNeitherListedNorFound) {
  TestRepo repo = make_repo({{{"ok", "1"}}, {}});
  const GitOid blob = trees_->find(repo.id(), tree_of(repo), "ok")->oid;
  std::vector<git::TreeEntry> entries;
  for (const std::string name : {"..evil", ".git", "CON", "a\\b", "c:x", "end.", "ok"}) {
    entries.push_back({git::FileMode::Regular, name, blob});
  }
  entries.push_back({git::FileMode::Submodule, "sub", blob});
  entries.push_back({git::FileMode::Symlink, "link", blob});
  Bytes body = git::write_tree(entries);
  const GitOid oid = git::object_id(git::ObjectKind::Tree, body);
  const auto object = testing::to_object(meta::GitKind::Tree, oid, std::move(body));
  ASSERT_TRUE(facts_->git().add_objects(repo.id(), std::span(&object, 1)));
  TreeQuery query;
  query.repo = repo.id();
  query.tree = oid;
  query.limit = 100;
  EXPECT_EQ(list_all(query), (std::vector<std::string>{"..evil", "link", "ok"}));
  EXPECT_FALSE(trees_->find(repo.id(), oid, ".git"));
  EXPECT_FALSE(trees_->find(repo.id(), oid, "sub"));
}

TEST_F(TreesOfARepo, FoldersNestedTooDeeplyAreRefusedNotRecursedInto) {
  TestRepo repo = make_repo({{{"ok", "1"}}, {}});
  GitOid inner = trees_->find(repo.id(), tree_of(repo), "ok")->oid;
  git::FileMode mode = git::FileMode::Regular;
  for (std::size_t i = 0; i < limits::kPathDepthMax + 10; ++i) {
    Bytes body = git::write_tree({{mode, "d", inner}});
    inner = git::object_id(git::ObjectKind::Tree, body);
    mode = git::FileMode::Directory;
    const auto object = testing::to_object(meta::GitKind::Tree, inner, std::move(body));
    ASSERT_TRUE(facts_->git().add_objects(repo.id(), std::span(&object, 1)));
  }
  TreeQuery query;
  query.repo = repo.id();
  query.tree = inner;
  query.recursive = true;
  query.limit = 10'000;
  EXPECT_EQ(trees_->list(query).error().kind, ErrorKind::TooLarge);
}

TEST(TreeCache, KeepsToItsSizeAndStillAnswers) {
  auto facts = *meta::create_sqlite_meta_store(real_env(), {.path = ":memory:"});
  meta::NewNamespace user;
  user.name = "alice";
  ASSERT_TRUE(facts->accounts().create_namespace(user));
  meta::NewRepo fresh;
  fresh.name = {meta::RepoKind::Model, "alice", "m"};
  Files files;
  for (int i = 0; i < 200; ++i) files.blobs["d" + std::to_string(i) + "/f"] = "x";
  for (int i = 0; i < 50; ++i) files.blobs["e" + std::to_string(i) + "/g"] = std::to_string(i);
  TestRepo repo(*facts, fresh, files);
  TreeCache cache(facts->git(), 4096);
  const GitOid root = facts->git().read_commit(repo.id(), repo.head())->tree;
  for (int round = 0; round < 2; ++round) {
    auto folder = cache.read(repo.id(), root);
    ASSERT_TRUE(folder);
    for (const git::TreeEntry& entry : **folder) {
      auto inner = cache.read(repo.id(), entry.oid);
      ASSERT_TRUE(inner);
      EXPECT_EQ((*inner)->size(), 1U);
    }
  }
}

}  // namespace
}  // namespace granary::service
