// Rows that follow from a file's row.
#include "meta/sqlite/file_facts.h"

#include <set>

#include "meta/sqlite/content_rows.h"

namespace granary::meta::sqlite {

Result<void> record_file_hash(Connection& connection, const FileHash& hash, const Sha256& sha256) {
  TRY_DONE(
      connection.run("INSERT INTO file_hashes (file_hash, sha256) VALUES (?, ?)"
                     " ON CONFLICT DO NOTHING",
                     hash, sha256));
  return {};
}

Result<void> record_file_xorbs(Connection& connection, const StoredFile& file) {
  TRY_DONE(connection.run("DELETE FROM file_xorbs WHERE sha256 = ?", file.sha256));
  std::set<XorbId> needed;
  for (const Term& term : file.recipe) needed.insert(term.xorb);
  for (const XorbId xorb : needed) {
    TRY_DONE(connection.run("INSERT INTO file_xorbs (xorb_id, sha256) VALUES (?, ?)", xorb,
                            file.sha256));
  }
  return {};
}

Result<void> derive_file_facts(Connection& connection) {
  TRY(auto rows, connection.query("SELECT " GRANARY_FILE_COLUMNS " FROM files f"));
  while (true) {
    TRY(const bool more, rows.step());
    if (!more) return {};
    StoredFile file;
    TRY_DONE(read_file_row(rows, file));
    TRY_DONE(record_file_hash(connection, file.file_hash, file.sha256));
    TRY_DONE(record_file_xorbs(connection, file));
  }
}

}  // namespace granary::meta::sqlite
