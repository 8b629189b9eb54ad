// Applying a commit, as part of a transaction: for GitStore::commit and for a new repo's first one.
#pragma once

#include <span>

#include "meta/git_store.h"
#include "meta/sqlite/writer.h"

namespace granary::meta::sqlite {

/// Applies `batch` to `repo`, whose ref must be at `expected`. Errors: as GitStore::commit.
Result<void> apply_commit(Transaction& transaction, RepoId repo,
                          const std::optional<GitOid>& expected, const CommitBatch& batch,
                          WallTime now);

/// Replaces what listing shows of a repo. Errors: RepoNotFound.
Result<void> replace_summary(Connection& connection, RepoId repo, const RepoSummary& summary);

/// Errors: RepoNotFound.
Result<void> require_repo(Connection& connection, RepoId repo);

/// Errors: RepoNotFound.
Result<void> apply_objects(Transaction& transaction, RepoId repo,
                           std::span<const GitObject> objects);

/// Errors: as GitStore::rewrite.
Result<void> apply_rewrite(Transaction& transaction, const HistoryRewrite& rewrite, WallTime now);

/// Moves, makes or deletes a ref. Errors: as GitStore::update_ref.
Result<void> apply_ref(Transaction& transaction, const RefUpdate& update, WallTime now);

}  // namespace granary::meta::sqlite
