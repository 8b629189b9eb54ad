// Tests of tree editing: against git's index, for its errors, and for what it reads and writes.
#include "git/tree_edit.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "git/git_testing.h"
#include "git/object_id.h"

namespace granary::git {
namespace {

using testing::RealGit;
using Kind = TreeChange::Kind;

class TreeEdit : public ::testing::Test {
 protected:
  // Applies changes and keeps the new trees, as a store would.
  Result<EditedTree> edit(const GitOid& base, const std::vector<TreeChange>& changes) {
    load_count_ = 0;
    const TreeLoader load = [&](const GitOid& oid) -> Result<Bytes> {
      ++load_count_;
      const auto at = trees_.find(oid.to_string());
      if (at == trees_.end()) return fail(ErrorKind::Corrupt, "no tree " + oid.to_string());
      return at->second;
    };
    TRY(auto edited, edit_tree(base, changes, load));
    for (const auto& tree : edited.new_trees) {
      EXPECT_EQ(object_id(ObjectKind::Tree, tree.body), tree.oid);
      EXPECT_TRUE(parse_tree(tree.body));
      trees_[tree.oid.to_string()] = tree.body;
    }
    return edited;
  }

  static TreeChange put(std::string path, char digit = '1') {
    return {Kind::Put, std::move(path), FileMode::Regular,
            GitOid::parse(std::string(40, digit)).value()};
  }
  static TreeChange remove(std::string path) { return {Kind::Delete, std::move(path), {}, {}}; }

  GitOid start(const std::vector<TreeChange>& changes) {
    return edit(empty_tree_id(), changes).value().root;
  }
  ErrorKind error_of(const GitOid& base, const std::vector<TreeChange>& changes) {
    const auto edited = edit(base, changes);
    EXPECT_FALSE(edited);
    return edited ? ErrorKind::Internal : edited.error().kind;
  }

  std::map<std::string, Bytes> trees_;
  int load_count_ = 0;
};

TEST_F(TreeEdit, RandomEditsGiveTheTreesOfGitsIndex) {
  const RealGit git;
  std::mt19937_64 numbers(11);
  std::map<std::string, TreeChange> files;  // what is there
  GitOid root = empty_tree_id();
  for (int round = 0; round < 40; ++round) {
    std::vector<TreeChange> changes;
    for (int i = 0; i < 8; ++i) {
      std::string path = "d" + std::to_string(numbers() % 3) + "/";
      if (numbers() % 2) path += "e" + std::to_string(numbers() % 3) + ".x/";
      path += "f" + std::to_string(numbers() % 9);
      if (files.contains(path) && numbers() % 2) {
        changes.push_back(remove(path));
        files.erase(path);
      } else {
        changes.push_back(put(path, static_cast<char>('1' + numbers() % 9)));
        files[path] = changes.back();
      }
    }
    const auto edited = edit(root, changes);
    ASSERT_TRUE(edited) << edited.error().message;
    root = edited->root;
    std::string index;
    for (const auto& [path, file] : files)
      index += "100644 " + file.oid.to_string() + " 0\t" + path + "\n";
    git.run("read-tree --empty");
    git.run("update-index --index-info", index);
    ASSERT_EQ(root.to_string(), git.line("write-tree --missing-ok")) << round;
  }
}

TEST_F(TreeEdit, TouchesOnlyTheFoldersOnThePaths) {
  std::vector<TreeChange> files;
  for (int i = 0; i < 50; ++i) files.push_back(put("d" + std::to_string(i) + "/e/f"));
  const GitOid root = start(files);
  const auto edited = edit(root, {put("d7/e/g"), put("top")}).value();
  EXPECT_EQ(load_count_, 3);
  ASSERT_EQ(edited.new_trees.size(), 3U);
  EXPECT_EQ(edited.new_trees.back().oid, edited.root);
}

TEST_F(TreeEdit, NoChangeGivesNoTrees) {
  const GitOid root = start({put("a/b"), put("c")});
  const auto edited = edit(root, {put("a/b"), put("x"), remove("x")}).value();
  EXPECT_EQ(edited.root, root);
  EXPECT_TRUE(edited.new_trees.empty());
}

TEST_F(TreeEdit, EmptyFoldersVanish) {
  const GitOid root = start({put("a/b/c"), put("x")});
  EXPECT_EQ(edit(root, {remove("a/b/c")}).value().root, start({put("x")}));
  EXPECT_EQ(edit(root, {remove("a"), remove("x")}).value().root, empty_tree_id());
}

TEST_F(TreeEdit, AFolderGoesWithAllInIt) {
  const GitOid root = start({put("a/b/c"), put("a/d"), put("x")});
  EXPECT_EQ(edit(root, {remove("a")}).value().root, start({put("x")}));
  EXPECT_EQ(edit(root, {remove("a/")}).value().root, start({put("x")}));
}

TEST_F(TreeEdit, LaterChangesWin) {
  const GitOid root = start({put("a")});
  EXPECT_EQ(edit(root, {put("a", '2'), put("a", '3')}).value().root, start({put("a", '3')}));
  EXPECT_EQ(edit(root, {remove("a"), put("a/b")}).value().root, start({put("a/b")}));
  EXPECT_EQ(edit(root, {put("b"), remove("b")}).value().root, root);
}

TEST_F(TreeEdit, AMissingPathCannotBeDeleted) {
  const GitOid root = start({put("a/b"), put("x")});
  for (const char* path : {"y", "a/c", "x/y", "", "a//b", "/a", "a/b/c"})
    EXPECT_EQ(error_of(root, {remove(path)}), ErrorKind::EntryNotFound) << path;
}

TEST_F(TreeEdit, AFileAndAFolderCannotShareAName) {
  const GitOid root = start({put("a/b"), put("x")});
  EXPECT_EQ(error_of(root, {put("a")}), ErrorKind::Invalid);
  EXPECT_EQ(error_of(root, {put("x/y")}), ErrorKind::Invalid);
  EXPECT_EQ(error_of(root, {put("x/y/z")}), ErrorKind::Invalid);
}

TEST_F(TreeEdit, BadPathsAreRefused) {
  for (const char* path : {"../a", "a\\b", ".git/config", "a/"})
    EXPECT_EQ(error_of(empty_tree_id(), {put(path)}), ErrorKind::Invalid) << path;
}

TEST_F(TreeEdit, NamesThatDifferByCaseOnlyAreRefusedUnlessTheyWereThere) {
  const GitOid root = start({put("Read"), put("Dir/a")});
  EXPECT_EQ(error_of(root, {put("read")}), ErrorKind::Invalid);
  EXPECT_EQ(error_of(root, {put("dir/a")}), ErrorKind::Invalid);
  EXPECT_EQ(error_of(root, {put("x/A"), put("x/a")}), ErrorKind::Invalid);
  EXPECT_TRUE(edit(root, {remove("Read"), put("read")}));

  const GitOid one = GitOid::parse(std::string(40, '1')).value();
  Bytes old = write_tree({{FileMode::Regular, "A", one}, {FileMode::Regular, "a", one}});
  const GitOid mixed = object_id(ObjectKind::Tree, old);
  trees_[mixed.to_string()] = std::move(old);
  EXPECT_TRUE(edit(mixed, {put("b")}));
  EXPECT_TRUE(edit(mixed, {put("a", '2')}));
  EXPECT_FALSE(edit(mixed, {put("B"), put("b")}));
}

TEST_F(TreeEdit, ALoadersErrorComesThrough) {
  EXPECT_EQ(error_of(GitOid::parse(std::string(40, '7')).value(), {put("a")}), ErrorKind::Corrupt);
}

TEST_F(TreeEdit, TakesAHundredThousandChanges) {
  std::vector<TreeChange> changes;
  for (int i = 0; i < 100'000; ++i)
    changes.push_back(put("d" + std::to_string(i % 300) + "/sub/file-" + std::to_string(i)));
  const auto edited = edit(empty_tree_id(), changes).value();
  EXPECT_EQ(edited.new_trees.size(), 601U);
}

}  // namespace
}  // namespace granary::git
