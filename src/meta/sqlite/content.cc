// ContentStore on SQLite: files, hooks and grants. Recording, claims and uploads are elsewhere.
#include "meta/sqlite/content.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "meta/sqlite/commits.h"
#include "meta/sqlite/content_rows.h"
#include "meta/sqlite/grants.h"

namespace granary::meta::sqlite {
namespace {

Result<StoredFile> only_file(Query query, const FileHash& hash) {
  TRY_DONE(query.step_to_row(ErrorKind::NotFound, "no file of Xet hash " + hash.to_string()));
  StoredFile file;
  TRY_DONE(read_file_row(query, file));
  return file;
}

}  // namespace

Result<StoredFile> SqliteContent::find_file(const Sha256& sha256) {
  return database_.read([&](Connection& connection) { return find_file_of(connection, sha256); });
}

Result<StoredFile> SqliteContent::find_file_by_hash(const FileHash& hash) {
  return database_.read([&](Connection& connection) -> Result<StoredFile> {
    TRY(auto query, connection.query("SELECT " GRANARY_FILE_COLUMNS " FROM file_hashes n"
                                     " JOIN files f ON f.sha256 = n.sha256 WHERE n.file_hash = ?",
                                     hash));
    return only_file(std::move(query), hash);
  });
}

// Rights first: a file of others costs what one costs that is nowhere.
Result<StoredFile> SqliteContent::find_held_file(RepoId repo, const FileHash& hash) {
  return database_.read([&](Connection& connection) -> Result<StoredFile> {
    TRY(auto query, connection.query("SELECT " GRANARY_FILE_COLUMNS " FROM file_hashes n"
                                     " CROSS JOIN repo_files g ON g.sha256 = n.sha256"
                                     " CROSS JOIN files f ON f.sha256 = n.sha256"
                                     " WHERE n.file_hash = ? AND g.repo_id = ?",
                                     hash, repo));
    return only_file(std::move(query), hash);
  });
}

Result<std::vector<std::optional<FileHash>>> SqliteContent::file_hashes(
    std::span<const Sha256> files) {
  using Hashes = std::vector<std::optional<FileHash>>;
  return database_.read([&](Connection& connection) -> Result<Hashes> {
    Hashes hashes;
    hashes.reserve(files.size());
    for (const Sha256& sha256 : files) {
      TRY(auto query, connection.query("SELECT file_hash FROM files WHERE sha256 = ?", sha256));
      TRY(const bool known, query.step());
      std::optional<FileHash>& hash = hashes.emplace_back();
      if (known) TRY_DONE(query.read(hash));
    }
    return hashes;
  });
}

Result<Xorb> SqliteContent::read_xorb(XorbId id) {
  return database_.read([&](Connection& connection) { return read_xorb_of(connection, id); });
}

Result<void> SqliteContent::grant(const RepoFile& file) {
  return database_.write([&](Transaction& transaction) { return apply_grant(transaction, file); });
}

Result<RepoFile> SqliteContent::find_grant(RepoId repo, const Sha256& sha256) {
  return database_.read(
      [&](Connection& connection) { return find_grant_of(connection, repo, sha256); });
}

Result<void> SqliteContent::revoke(RepoId repo, std::span<const Sha256> files) {
  return database_.write([&](Transaction& transaction) -> Result<void> {
    TRY_DONE(require_repo(transaction.connection, repo));
    return apply_revoke(transaction, repo, files);
  });
}

Result<std::vector<RepoFile>> SqliteContent::list_grants(RepoId repo, std::uint64_t skip,
                                                         std::size_t limit) {
  return database_.read([&](Connection& connection) -> Result<std::vector<RepoFile>> {
    TRY(auto query, connection.query("SELECT " GRANARY_GRANT_COLUMNS " FROM repo_files g"
                                     " WHERE g.repo_id = ? AND g.path <> ''"
                                     " ORDER BY g.pushed_ms DESC, g.sha256 LIMIT ? OFFSET ?",
                                     repo, std::min(limit, limits::kListPageCountMax), skip));
    return collect<RepoFile>(std::move(query), read_grant_row);
  });
}

Result<std::vector<Xorb>> SqliteContent::list_xorbs(XorbId after, std::size_t limit) {
  return database_.read([&](Connection& connection) -> Result<std::vector<Xorb>> {
    TRY(auto query, connection.query("SELECT " GRANARY_XORB_COLUMNS
                                     " FROM xorbs x WHERE x.id > ? ORDER BY x.id LIMIT ?",
                                     after, std::min(limit, limits::kListPageCountMax)));
    return collect<Xorb>(std::move(query), read_xorb_row);
  });
}

Result<std::vector<StoredFile>> SqliteContent::list_files(const std::optional<Sha256>& after,
                                                          std::size_t limit) {
  return database_.read([&](Connection& connection) -> Result<std::vector<StoredFile>> {
    const ByteView key = after ? after->view() : ByteView();  // no hash sorts before the empty blob
    TRY(auto query, connection.query("SELECT " GRANARY_FILE_COLUMNS
                                     " FROM files f WHERE f.sha256 > ? ORDER BY f.sha256 LIMIT ?",
                                     key, std::min(limit, limits::kListPageCountMax)));
    return collect<StoredFile>(std::move(query), read_file_row);
  });
}

}  // namespace granary::meta::sqlite
