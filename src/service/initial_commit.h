// Initial commit: the first commit of a new repo, so that no repo is ever without main.
#pragma once

#include "base/env.h"
#include "meta/git_store.h"
#include "service/access.h"
#include "service/repos.h"

namespace granary::service {

/// "initial commit" on main: the default .gitattributes, a README.md with what was chosen (license,
/// a space's sdk), and the files given, which go before those two.
/// Errors: Invalid for a path or license that cannot be, or a file that must be uploaded as LFS;
/// TooLarge.
Result<meta::CommitBatch> make_initial_commit(const Caller& caller, WallTime now,
                                              const CreateRepo& fresh);

}  // namespace granary::service
