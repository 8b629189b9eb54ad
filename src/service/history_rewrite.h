// History rewrite: the same commits without some files.
#pragma once

#include <span>

#include "meta/git_store.h"

namespace granary::service {

/// Rewrites every commit that the repo's refs lead to, so that no tree holds any of `dropped` (ids
/// of blobs). The new trees and commits are stored already; nothing leads to them before
/// GitStore::rewrite is given the outcome, which lacks `revoked` and `summary`. Authors, times and
/// messages stay; signatures, which would be wrong now, go. Blocking.
/// Errors: Corrupt if an object is missing or malformed; TooLarge for folders nested too deep.
Result<meta::HistoryRewrite> rewrite_without(meta::GitStore& git, meta::RepoId repo,
                                             std::span<const GitOid> dropped);

}  // namespace granary::service
