// Browse: info from what is stored of main, or made anew for another revision.
#include "service/browse.h"

#include <optional>
#include <utility>

#include "service/snapshot.h"

namespace granary::service {
namespace {

constexpr std::string_view kDefaultRevision = "main";

}  // namespace

Result<RepoInfo> Browser::info(const meta::Repo& repo, std::string_view revision,
                               const InfoParts& parts) {
  auto& git = facts_.git();
  RepoInfo info;
  info.repo = repo;
  TRY(info.revision,
      resolve_revision(git, repo.id, revision.empty() ? kDefaultRevision : revision));
  const auto& commit = info.revision.commit;
  bool is_summarised = !parts.summary;
  if (parts.summary) {
    TRY(info.summary, facts_.repos().read_summary(repo.id));
    is_summarised = info.summary.head == commit.oid;
  }
  if (parts.files || !is_summarised) {
    TRY(info.files, list_files(git, repo.id, commit.tree));
  }
  if (!is_summarised) {
    info.summary =
        summarise(repo.name.kind, commit.oid, info.files, read_prefix_from(git, store_, repo.id));
  }
  return info;
}

Result<meta::RepoPage> Browser::list(const Caller& caller, meta::RepoQuery query) {
  query.viewer = caller.viewer();
  return facts_.repos().list_repos(query);
}

Result<std::vector<SnapshotFile>> Browser::files_of(const meta::ListedRepo& listed) {
  if (!listed.summary.head) return std::vector<SnapshotFile>();
  TRY(const auto commit, facts_.git().read_commit(listed.repo.id, *listed.summary.head));
  return list_files(facts_.git(), listed.repo.id, commit.tree);
}

Result<std::vector<meta::TagCount>> Browser::tags(meta::RepoKind kind) {
  return facts_.repos().count_tags(kind);
}

}  // namespace granary::service
