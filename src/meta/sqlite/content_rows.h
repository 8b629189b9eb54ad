// Rows of xorbs and files, and the rules that hold between them, inside a transaction.
#pragma once

#include <optional>
#include <vector>

#include "meta/content_store.h"
#include "meta/sqlite/connection.h"

namespace granary::meta::sqlite {

#define GRANARY_XORB_COLUMNS                                                                \
  "x.id, x.hash, x.generation, x.chunk_count, x.size_bytes, x.stored_size_bytes, x.state, " \
  "x.created_ms"
Result<void> read_xorb_row(Query& query, Xorb& out);
/// Errors: NotFound.
Result<Xorb> read_xorb_of(Connection& connection, XorbId id);

/// The first half of a chunk's hash, by which hooks are kept: enough for a hint that is checked.
inline ByteView hook_key(const ChunkHash& chunk) { return chunk.view().first(16); }

#define GRANARY_FILE_COLUMNS "f.sha256, f.size_bytes, f.file_hash, f.recipe"
Result<void> read_file_row(Query& query, StoredFile& out);
/// Errors: NotFound.
Result<StoredFile> find_file_of(Connection& connection, const Sha256& sha256);

/// The problem with `file`'s recipe, as far as metadata can tell: a term outside its xorb, a xorb
/// that is not live, sizes that do not add up. None: sound.
struct RecipeProblem {
  ErrorKind kind;  // Conflict where taking the bytes in again helps, else Invalid
  std::string message;
};
Result<std::optional<RecipeProblem>> problem_of(Connection& connection, const StoredFile& file);

/// A known file all of whose xorbs are live. Errors: NotFound.
Result<StoredFile> require_whole_file(Connection& connection, const Sha256& sha256);

}  // namespace granary::meta::sqlite
