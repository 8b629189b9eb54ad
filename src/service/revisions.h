// Revisions: what a branch, tag, ref or commit hash, as clients write it, means in a repo.
#pragma once

#include <string>
#include <string_view>

#include "meta/git_store.h"

namespace granary::service {

struct Revision {
  meta::CommitInfo commit;
  std::string ref;            // "refs/heads/main"; empty when named by hash
  bool is_immutable = false;  // named by a full commit hash
};

/// `text`: "main", a tag, "refs/…/x", "HEAD", a full commit hash or 5 to 39 digits of one. A branch
/// goes before a tag of the same name. Errors: RevisionNotFound.
Result<Revision> resolve_revision(meta::GitStore& git, meta::RepoId repo, std::string_view text);

}  // namespace granary::service
