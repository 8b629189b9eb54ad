// Lookups that try the pending objects first.
#include "service/pending_git.h"

#include <cstddef>
#include <utility>

namespace granary::service {

void PendingGit::index(std::span<const meta::GitObject> pending) {
  pending_.clear();
  pending_.reserve(pending.size());
  for (const meta::GitObject& object : pending) pending_.emplace(object.oid, &object);
}

Result<meta::GitObject> PendingGit::read_object(meta::RepoId repo, const GitOid& oid) {
  if (const auto found = pending_.find(oid); found != pending_.end()) return *found->second;
  return stored_.read_object(repo, oid);
}

Result<std::vector<meta::BlobInfo>> PendingGit::read_blob_infos(meta::RepoId repo,
                                                                std::span<const GitOid> oids) {
  std::vector<meta::BlobInfo> infos(oids.size());
  std::vector<GitOid> stored_oids;
  std::vector<std::size_t> stored_indexes;
  for (std::size_t index = 0; index < oids.size(); ++index) {
    const auto found = pending_.find(oids[index]);
    if (found != pending_.end() && found->second->kind == meta::GitKind::Blob) {
      infos[index] = {.size_bytes = found->second->data.size(), .lfs = found->second->lfs};
    } else {
      stored_oids.push_back(oids[index]);
      stored_indexes.push_back(index);
    }
  }
  if (stored_oids.empty()) return infos;
  TRY(auto stored, stored_.read_blob_infos(repo, stored_oids));
  for (std::size_t i = 0; i < stored.size(); ++i) infos[stored_indexes[i]] = std::move(stored[i]);
  return infos;
}

}  // namespace granary::service
