// Which repo holds which file, as part of a transaction.
#pragma once

#include <span>

#include "meta/content_store.h"
#include "meta/sqlite/writer.h"

namespace granary::meta::sqlite {

#define GRANARY_GRANT_COLUMNS "g.repo_id, g.sha256, g.size_bytes, g.path, g.ref, g.pushed_ms"
Result<void> read_grant_row(Query& query, RepoFile& out);

/// Errors: NotFound.
Result<RepoFile> find_grant_of(Connection& connection, RepoId repo, const Sha256& sha256);

/// Errors: NotFound without the whole file; RepoNotFound.
Result<void> apply_grant(Transaction& transaction, const RepoFile& file);

/// Takes files away from a repo; those that it does not hold do not matter.
Result<void> apply_revoke(Transaction& transaction, RepoId repo, std::span<const Sha256> files);

}  // namespace granary::meta::sqlite
