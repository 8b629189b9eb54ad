// Snapshot: every file of a commit, and the first bytes of each, whichever way it is stored.
#pragma once

#include <vector>

#include "meta/git_store.h"
#include "service/summary.h"

namespace granary::store {
class Store;
}

namespace granary::service {

/// The files of `tree` and of the trees below it, by path, bytewise ascending. Blocking.
/// Errors: NotFound or Corrupt if a tree is missing or malformed; TooLarge over kPathDepthMax
/// levels.
Result<std::vector<SnapshotFile>> list_files(meta::GitStore& git, meta::RepoId repo,
                                             const GitOid& tree);

/// Reads from git blobs and from the store. The parts are borrowed; rights are the caller's
/// business.
ReadPrefix read_prefix_from(meta::GitStore& git, store::Store& store, meta::RepoId repo);

}  // namespace granary::service
