// Changes: which files differ between two trees.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "service/tree_cache.h"

namespace granary::service {

/// One file that is not the same on both sides; absent on one side if it came or went.
struct FileChange {
  std::string path;
  std::optional<git::TreeEntry> before;
  std::optional<git::TreeEntry> after;
};

/// Files only, bytewise by path; a moved file is one that went and one that came. `before` nothing:
/// an empty tree. Errors: TooLarge over `count_max` changes or limits::kPathDepthMax folders.
/// Blocks.
Result<std::vector<FileChange>> find_changes(TreeCache& trees, meta::RepoId repo,
                                             const std::optional<GitOid>& before,
                                             const GitOid& after, std::size_t count_max);

}  // namespace granary::service
