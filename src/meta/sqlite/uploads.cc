// ContentStore on SQLite: multipart uploads under way, and their durable parts.
#include <utility>

#include "meta/sqlite/content.h"

namespace granary::meta::sqlite {
namespace {

constexpr const char* kNoUpload = "no such upload";
constexpr std::string_view kSelect =
    "SELECT id, repo_id, user_id, sha256, size_bytes, part_size_bytes, created_ms FROM uploads";

Result<void> read_upload_row(Query& query, Upload& out) {
  return query.read(out.id, out.repo, out.user, out.sha256, out.size_bytes, out.part_size_bytes,
                    out.created);
}

Result<Upload> one_upload(Query query) {
  TRY_DONE(query.step_to_row(ErrorKind::NotFound, kNoUpload));
  Upload upload;
  TRY_DONE(read_upload_row(query, upload));
  return upload;
}

}  // namespace

Result<void> SqliteContent::create_upload(const Upload& upload) {
  return database_.write([&](Transaction& transaction) -> Result<void> {
    TRY_DONE(transaction.connection.run(
        "INSERT INTO uploads (id, repo_id, user_id, sha256, size_bytes, part_size_bytes,"
        " created_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
        upload.id, upload.repo, upload.user, upload.sha256, upload.size_bytes,
        upload.part_size_bytes, upload.created));
    return {};
  });
}

Result<Upload> SqliteContent::read_upload(std::string_view id) {
  return database_.read([&](Connection& connection) -> Result<Upload> {
    TRY(auto query, connection.query(std::string(kSelect) + " WHERE id = ?", id));
    return one_upload(std::move(query));
  });
}

Result<Upload> SqliteContent::find_upload(RepoId repo, NamespaceId user, const Sha256& sha256,
                                          std::uint64_t part_size_bytes) {
  return database_.read([&](Connection& connection) -> Result<Upload> {
    TRY(auto query,
        connection.query(std::string(kSelect) +
                             " WHERE repo_id = ? AND user_id = ? AND sha256 = ?"
                             " AND part_size_bytes = ? ORDER BY created_ms DESC, id LIMIT 1",
                         repo, user, sha256, part_size_bytes));
    return one_upload(std::move(query));
  });
}

Result<void> SqliteContent::add_part(std::string_view upload, const UploadPart& part) {
  return database_.write([&](Transaction& transaction) -> Result<void> {
    Connection& connection = transaction.connection;
    TRY(const bool known, connection.any("SELECT 1 FROM uploads WHERE id = ?", upload));
    if (!known) return fail(ErrorKind::NotFound, kNoUpload);
    TRY_DONE(
        connection.run("INSERT INTO upload_parts (upload_id, number, size_bytes, etag)"
                       " VALUES (?, ?, ?, ?) ON CONFLICT (upload_id, number) DO UPDATE SET"
                       " size_bytes = excluded.size_bytes, etag = excluded.etag",
                       upload, part.number, part.size_bytes, part.etag));
    return {};
  });
}

Result<std::vector<UploadPart>> SqliteContent::list_parts(std::string_view upload) {
  return database_.read([&](Connection& connection) -> Result<std::vector<UploadPart>> {
    TRY(auto query, connection.query("SELECT number, size_bytes, etag FROM upload_parts"
                                     " WHERE upload_id = ? ORDER BY number",
                                     upload));
    return collect<UploadPart>(std::move(query), [](Query& row, UploadPart& out) {
      return row.read(out.number, out.size_bytes, out.etag);
    });
  });
}

Result<void> SqliteContent::remove_upload(std::string_view id) {
  return database_.write([&](Transaction& transaction) -> Result<void> {
    Connection& connection = transaction.connection;
    TRY_DONE(connection.run("DELETE FROM upload_parts WHERE upload_id = ?", id));
    TRY_DONE(connection.run("DELETE FROM uploads WHERE id = ?", id));
    return {};
  });
}

Result<std::vector<Upload>> SqliteContent::list_uploads_before(WallTime created) {
  return database_.read([&](Connection& connection) -> Result<std::vector<Upload>> {
    TRY(auto query,
        connection.query(std::string(kSelect) + " WHERE created_ms < ? ORDER BY created_ms, id",
                         created));
    return collect<Upload>(std::move(query), read_upload_row);
  });
}

}  // namespace granary::meta::sqlite
