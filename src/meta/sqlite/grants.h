// Granting a file to a repo, as part of a transaction.
#pragma once

#include "meta/content_store.h"
#include "meta/sqlite/writer.h"

namespace granary::meta::sqlite {

/// Errors: NotFound without the whole file; RepoNotFound.
Result<void> apply_grant(Transaction& transaction, const RepoFile& file);

/// The first half of a chunk's hash, by which hooks are kept: enough for a hint that is checked.
inline ByteView hook_key(const ChunkHash& chunk) {
  return chunk.view().first(16);
}

}  // namespace granary::meta::sqlite
