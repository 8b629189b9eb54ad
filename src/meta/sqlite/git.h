// GitStore on SQLite.
#pragma once

#include "meta/git_store.h"
#include "meta/sqlite/database.h"

namespace granary::meta::sqlite {

class SqliteGit final : public GitStore {
 public:
  explicit SqliteGit(Database& database) : database_(database) {}

  Result<void> commit(const CommitBatch& batch) override;
  Result<void> add_objects(RepoId repo, std::span<const GitObject> objects) override;
  Result<void> rewrite(const HistoryRewrite& rewrite) override;

  Result<GitObject> read_object(RepoId repo, const GitOid& oid) override;
  Result<std::vector<BlobInfo>> read_blob_infos(RepoId repo, std::span<const GitOid> oids) override;
  Result<CommitInfo> read_commit(RepoId repo, const GitOid& oid) override;
  Result<GitOid> find_commit(RepoId repo, std::string_view prefix) override;
  Result<std::vector<CommitInfo>> list_commits(RepoId repo, const GitOid& oid, std::uint64_t skip,
                                               std::size_t limit) override;

  Result<GitOid> find_ref(RepoId repo, std::string_view ref) override;
  Result<std::vector<Ref>> list_refs(RepoId repo) override;
  Result<void> update_ref(const RefUpdate& update) override;

 private:
  Database& database_;
};

}  // namespace granary::meta::sqlite
