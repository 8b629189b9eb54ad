// Diff: what changed between two revisions, as git prints it.
#pragma once

#include <optional>
#include <string>

#include "meta/git_store.h"
#include "service/tree_cache.h"

namespace granary::service {

struct DiffQuery {
  meta::RepoId repo;
  std::optional<GitOid> before;  // a root tree; nothing: an empty one
  GitOid after;
};

/// A unified diff of what git holds, LFS pointers too. Errors: TooLarge over
/// limits::kChangeCountMax files or limits::kDiffSizeBytesMax of text. Blocks.
/// Source: git's documentation, diff-generate-patch.
Result<std::string> unified_diff(meta::GitStore& git, TreeCache& trees, const DiffQuery& query);

/// One line per file: "T" or "B" for binary, the size (of the content, also of LFS files), a tab,
/// and a line of git's raw format with full ids. Errors: as unified_diff.
/// Source: hf-hub API, section 5; git's documentation, diff-format.
Result<std::string> raw_diff(meta::GitStore& git, TreeCache& trees, const DiffQuery& query);

}  // namespace granary::service
