// Last commits: which commit changed a path most recently.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "meta/git_store.h"
#include "service/tree_cache.h"

namespace granary::service {

/// For each of `paths`, the newest commit, from `head` back along first parents, since which the
/// path has been what it is. Nothing for a path whose last change lies more than
/// limits::kHistoryWalkCommitCountMax commits back, or that `head` does not have. Blocks.
Result<std::vector<std::optional<meta::CommitInfo>>> find_last_commits(
    meta::GitStore& git, TreeCache& trees, meta::RepoId repo, const meta::CommitInfo& head,
    std::span<const std::string> paths);

}  // namespace granary::service
