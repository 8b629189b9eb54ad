// PendingGit: a repo's git objects together with those that a commit is about to add.
#pragma once

#include <unordered_map>
#include <vector>

#include "base/digest.h"
#include "meta/git_store.h"

namespace granary::service {

/// Reads see the pending objects, as if they were stored already; everything else, and every
/// change, goes to the store behind. Used by one thread at a time.
class PendingGit final : public meta::GitStore {
 public:
  /// Both outlive this; `pending` may grow until the next `index`.
  explicit PendingGit(meta::GitStore& stored) : stored_(stored) {}

  /// The objects that are to be seen, which must stay where they are.
  void index(std::span<const meta::GitObject> pending);

  Result<meta::GitObject> read_object(meta::RepoId repo, const GitOid& oid) override;
  Result<std::vector<meta::BlobInfo>> read_blob_infos(meta::RepoId repo,
                                                      std::span<const GitOid> oids) override;

  Result<void> commit(const meta::CommitBatch& batch) override { return stored_.commit(batch); }
  Result<void> add_objects(meta::RepoId repo, std::span<const meta::GitObject> objects) override {
    return stored_.add_objects(repo, objects);
  }
  Result<void> rewrite(const meta::HistoryRewrite& rewrite) override {
    return stored_.rewrite(rewrite);
  }
  Result<meta::CommitInfo> read_commit(meta::RepoId repo, const GitOid& oid) override {
    return stored_.read_commit(repo, oid);
  }
  Result<GitOid> find_commit(meta::RepoId repo, std::string_view prefix) override {
    return stored_.find_commit(repo, prefix);
  }
  Result<std::vector<meta::CommitInfo>> list_commits(meta::RepoId repo, const GitOid& oid,
                                                     std::uint64_t skip,
                                                     std::size_t limit) override {
    return stored_.list_commits(repo, oid, skip, limit);
  }
  Result<GitOid> find_ref(meta::RepoId repo, std::string_view ref) override {
    return stored_.find_ref(repo, ref);
  }
  Result<std::vector<meta::Ref>> list_refs(meta::RepoId repo) override {
    return stored_.list_refs(repo);
  }
  Result<void> update_ref(const meta::RefUpdate& update) override {
    return stored_.update_ref(update);
  }

 private:
  meta::GitStore& stored_;
  std::unordered_map<GitOid, const meta::GitObject*, DigestHasher> pending_;
};

}  // namespace granary::service
