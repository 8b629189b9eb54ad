// Claims: asking which files a repo may count as there, and keeping them from being collected.
#pragma once

#include <vector>

#include "base/env.h"
#include "meta/content_store.h"
#include "service/access.h"

namespace granary::service {

/// What ContentStore::claim is asked for a caller who may write to `repo`: these files, from there
/// or from any repo that the caller sees, kept for as long as an upload may take.
meta::FileClaim claim_for(const Caller& caller, meta::RepoId repo, WallTime now,
                          std::vector<Sha256> files);

}  // namespace granary::service
