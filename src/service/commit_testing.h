// Commits made of plain maps, put into a real metadata store. For tests only.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "git/commit.h"
#include "git/lfs_pointer.h"
#include "git/object_id.h"
#include "git/tree_edit.h"
#include "meta/meta_store.h"

namespace granary::service::testing {

/// All files of a commit: what git holds, and large files by their facts.
struct Files {
  std::map<std::string, std::string> blobs;
  std::map<std::string, meta::LfsTarget> lfs;
};

inline meta::GitObject to_object(meta::GitKind kind, GitOid oid, Bytes data) {
  return {.oid = oid, .kind = kind, .data = std::move(data), .lfs = std::nullopt};
}

/// The blobs and trees of `files` and, first in `objects`, the commit on top of `parent`.
inline meta::CommitBatch make_batch(const Files& files, const std::string& message,
                                    std::optional<GitOid> parent, WallTime time) {
  meta::CommitBatch batch;
  std::vector<git::TreeChange> changes;
  const auto add = [&](const std::string& path, const std::string& content,
                       std::optional<meta::LfsTarget> lfs) {
    const ByteView bytes = as_bytes(content);
    auto blob = to_object(meta::GitKind::Blob, git::object_id(git::ObjectKind::Blob, bytes),
                          Bytes(bytes.begin(), bytes.end()));
    blob.lfs = lfs;
    git::TreeChange change;
    change.path = path;
    change.oid = blob.oid;
    changes.push_back(change);
    batch.objects.push_back(std::move(blob));
  };
  for (const auto& [path, content] : files.blobs) add(path, content, std::nullopt);
  for (const auto& [path, target] : files.lfs) {
    add(path, git::write_lfs_pointer({target.sha256, target.size_bytes}), target);
  }
  const auto load = [](const GitOid&) -> Result<Bytes> { return Bytes{}; };
  auto edited = git::edit_tree(git::empty_tree_id(), changes, load);
  EXPECT_TRUE(edited) << (edited ? "" : edited.error().message);
  for (git::TreeObject& tree : edited->new_trees) {
    batch.objects.push_back(to_object(meta::GitKind::Tree, tree.oid, std::move(tree.body)));
  }
  if (edited->new_trees.empty()) {
    batch.objects.push_back(to_object(meta::GitKind::Tree, git::empty_tree_id(), {}));
  }
  git::Commit commit;
  commit.tree = edited->root;
  if (parent) commit.parents = {*parent};
  commit.author = {.name = "alice",
                   .email = "alice@example.org",
                   .time = std::chrono::floor<std::chrono::seconds>(time)};
  commit.committer = commit.author;
  commit.message = message;
  Bytes body = git::write_commit(commit);
  batch.commit.oid = git::object_id(git::ObjectKind::Commit, body);
  batch.commit.tree = commit.tree;
  batch.commit.parent = parent;
  batch.commit.author_name = commit.author.name;
  batch.commit.author_email = commit.author.email;
  batch.commit.message = message;
  batch.commit.time = time;
  batch.objects.push_back(to_object(meta::GitKind::Commit, batch.commit.oid, std::move(body)));
  batch.ref = "refs/heads/main";
  return batch;
}

/// A repo whose branches are moved by commits of whole sets of files.
class TestRepo {
 public:
  /// Makes the repo, with `first` as its first commit. The namespace exists.
  TestRepo(meta::MetaStore& facts, meta::NewRepo fresh, const Files& first) : facts_(facts) {
    fresh.initial = make_batch(first, "initial commit", std::nullopt, next_time());
    heads_["refs/heads/main"] = fresh.initial.commit.oid;
    auto made = facts.repos().create_repo(fresh);
    EXPECT_TRUE(made) << (made ? "" : made.error().message);
    if (made) repo_ = *made;
  }

  const meta::Repo& repo() const { return repo_; }
  meta::RepoId id() const { return repo_.id; }
  GitOid head(const std::string& ref = "refs/heads/main") const { return heads_.at(ref); }

  /// A commit on `ref` of exactly these files; a new ref starts at main.
  GitOid commit(const Files& files, const std::string& message,
                const std::string& ref = "refs/heads/main") {
    const bool is_known = heads_.contains(ref);
    const GitOid parent = is_known ? heads_[ref] : heads_["refs/heads/main"];
    meta::CommitBatch batch = make_batch(files, message, parent, next_time());
    batch.repo = repo_.id;
    batch.ref = ref;
    if (is_known) batch.expected = parent;
    auto done = facts_.git().commit(batch);
    EXPECT_TRUE(done) << (done ? "" : done.error().message);
    heads_[ref] = batch.commit.oid;
    return batch.commit.oid;
  }

  void point(const std::string& ref, const GitOid& commit) {
    meta::RefUpdate update;
    update.repo = repo_.id;
    update.ref = ref;
    update.target = commit;
    EXPECT_TRUE(facts_.git().update_ref(update));
    heads_[ref] = commit;
  }

 private:
  WallTime next_time() {
    time_ += std::chrono::minutes(1);
    return time_;
  }

  meta::MetaStore& facts_;
  meta::Repo repo_;
  std::map<std::string, GitOid> heads_;
  WallTime time_{std::chrono::seconds(1'700'000'000)};
};

}  // namespace granary::service::testing
