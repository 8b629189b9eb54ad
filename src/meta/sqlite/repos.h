// RepoStore on SQLite.
#pragma once

#include "meta/repo_store.h"
#include "meta/sqlite/database.h"

namespace granary::meta::sqlite {

class SqliteRepos final : public RepoStore {
 public:
  explicit SqliteRepos(Database& database) : database_(database) {}

  Result<Repo> create_repo(const NewRepo& fresh) override;
  Result<FoundRepo> find_repo(const RepoName& name) override;
  Result<Repo> read_repo(RepoId id) override;
  Result<Repo> move_repo(RepoId id, const RepoName& to) override;
  Result<void> delete_repo(RepoId id, const AuditEntry& audit) override;
  Result<void> free_name(const RepoName& name, const AuditEntry& audit) override;
  Result<Repo> update_settings(RepoId id, const SettingsUpdate& update) override;

  Result<RepoSummary> read_summary(RepoId id) override;
  Result<RepoPage> list_repos(const RepoQuery& query) override;
  Result<std::vector<TagCount>> count_tags(RepoKind kind) override;
  Result<void> add_downloads(RepoId id, std::uint64_t count) override;

  Result<AccessRequest> set_access(RepoId repo, const AccessRequest& request) override;
  Result<AccessRequest> find_access(RepoId repo, NamespaceId user) override;
  Result<std::vector<AccessRequest>> list_access(RepoId repo, AccessStatus status) override;

  Result<void> set_like(RepoId repo, NamespaceId user, bool liked) override;
  Result<std::vector<Namespace>> list_likers(RepoId repo) override;
  Result<std::vector<Like>> list_likes(NamespaceId user) override;

 private:
  Database& database_;
};

/// The columns of a repo in the order of `read_repo_row`, and the tables they are of.
#define GRANARY_REPO_COLUMNS                                                               \
  "r.id, r.public_id, r.kind, o.name, r.name, r.owner_id, r.visibility, r.gating, r.sdk, " \
  "r.created_ms, r.modified_ms, r.downloads, r.likes"
#define GRANARY_REPO_TABLES "repos r JOIN namespaces o ON o.id = r.owner_id"
template <class... More>
Result<void> read_repo_row(Query& query, Repo& out, More&... more) {
  return query.read(out.id, out.public_id, out.name.kind, out.name.space, out.name.name, out.owner,
                    out.visibility, out.gating, out.sdk, out.created, out.modified, out.downloads,
                    out.likes, more...);
}

/// Errors: RepoNotFound.
Result<Repo> read_repo_of(Connection& connection, RepoId id);
Result<RepoSummary> read_summary_of(Connection& connection, RepoId id);

}  // namespace granary::meta::sqlite
