// Grants seen as files: listing, ending and copying them.
#include "service/lfs_files.h"

#include <algorithm>
#include <utility>

#include "service/claims.h"
#include "service/history_rewrite.h"
#include "service/new_commit.h"
#include "service/snapshot.h"
#include "service/summary.h"

namespace granary::service {
namespace {

constexpr std::string_view kMain = "refs/heads/main";
constexpr int kAttemptCountMax = 5;

}  // namespace

Result<std::vector<meta::RepoFile>> LfsFiles::list(const Caller& caller, const meta::RepoName& name,
                                                   std::uint64_t skip, std::size_t limit) {
  TRY(const auto visible, access_.find_for_content(caller, name));
  return facts_.content().list_grants(visible.repo.id, skip, limit);
}

Result<void> LfsFiles::remove(const Caller& caller, const meta::RepoName& name,
                              std::span<const Sha256> files, PastCommits past) {
  TRY(const auto visible, access_.find_for_write(caller, name));
  const meta::Repo& repo = visible.repo;
  if (past == PastCommits::Kept) {
    TRY_DONE(facts_.content().revoke(repo.id, files));
  } else {
    TRY_DONE(rewrite(repo, files));
  }
  return facts_.accounts().append_audit(
      {.time = env_.clock.wall_now(),
       .actor = std::string(caller.actor_name()),
       .action = "repo.lfs_files.delete",
       .subject = std::string(meta::name_of(repo.name.kind)) + " " + repo.name.full(),
       .detail = std::to_string(files.size()) + " files" +
                 (past == PastCommits::Kept ? "" : ", history rewritten")});
}

Result<void> LfsFiles::rewrite(const meta::Repo& repo, std::span<const Sha256> files) {
  std::vector<GitOid> pointers;
  for (const Sha256& file : files) {
    const auto grant = facts_.content().find_grant(repo.id, file);
    if (!grant) continue;
    pointers.push_back(make_pointer({.sha256 = file, .size_bytes = grant->size_bytes}).oid);
  }
  for (int attempt = 1;; ++attempt) {
    TRY(auto outcome, rewrite_without(facts_.git(), repo.id, pointers));
    outcome.revoked.assign(files.begin(), files.end());
    const auto main = std::ranges::find(outcome.refs, kMain, &meta::RefUpdate::ref);
    if (main != outcome.refs.end()) {
      const auto head = std::ranges::find(outcome.commits, *main->target, &meta::CommitInfo::oid);
      TRY(const auto snapshot, list_files(facts_.git(), repo.id, head->tree));
      outcome.summary = summarise(repo.name.kind, head->oid, snapshot,
                                  read_prefix_from(facts_.git(), store_, repo.id));
    }
    auto rewritten = facts_.git().rewrite(outcome);
    const bool moved = !rewritten && rewritten.error().kind == ErrorKind::Stale;
    if (!moved || attempt == kAttemptCountMax) return rewritten;
  }
}

Result<std::vector<bool>> LfsFiles::duplicate(const Caller& caller, const meta::RepoName& from,
                                              const meta::RepoName& to,
                                              std::span<const Sha256> files) {
  TRY(const auto source, access_.find_for_content(caller, from));
  TRY(const auto target, access_.find_for_write(caller, to));
  auto claim = claim_for(caller, target.repo.id, env_.clock.wall_now(),
                         std::vector<Sha256>(files.begin(), files.end()));
  claim.source = source.repo.id;
  TRY(const auto grants, facts_.content().claim(claim));
  std::vector<bool> given;
  for (const auto& grant : grants) given.push_back(grant.has_value());
  return given;
}

}  // namespace granary::service
