// Which repo holds which file: granting, revoking, and claiming without sending the bytes.
#include "meta/sqlite/grants.h"

#include <utility>

#include "meta/sqlite/commits.h"
#include "meta/sqlite/content.h"
#include "meta/sqlite/content_rows.h"
#include "meta/sqlite/identity.h"

namespace granary::meta::sqlite {
namespace {

// The value, or none where the error is NotFound.
template <class T>
Result<std::optional<T>> if_found(Result<T> result) {
  if (result) return std::optional<T>(*std::move(result));
  if (result.error().kind == ErrorKind::NotFound) return std::optional<T>();
  return tl::unexpected(std::move(result).error());
}

// Rights are judged here, in the transaction that grants: a repo made private a moment ago gives
// nothing any more.
Result<bool> may_be_given(Connection& connection, const Sha256& sha256, const FileClaim& claim) {
  return connection.any(
      "SELECT 1 FROM repo_files g JOIN repos r ON r.id = g.repo_id"
      " WHERE g.sha256 = ? AND (r.id = ? OR (r.gating = ? AND (? OR"
      " r.visibility = ? OR r.owner_id IN (SELECT value FROM json_each(?)))))"
      " LIMIT 1",
      sha256, claim.source, Gating::None, claim.viewer.sees_all, Visibility::Public,
      json_list(claim.viewer.namespaces));
}

Result<void> lease(Connection& connection, const Sha256& sha256, const FileClaim& claim) {
  TRY_DONE(
      connection.run("INSERT INTO leases (sha256, holder, expires_ms) VALUES (?, ?, ?)"
                     " ON CONFLICT (sha256, holder) DO UPDATE SET"
                     " expires_ms = max(expires_ms, excluded.expires_ms)",
                     sha256, claim.holder, claim.expires));
  return {};
}

// Rights first: a file that the claim does not allow costs what one costs that is nowhere.
Result<std::optional<RepoFile>> claim_one(Transaction& transaction, const Sha256& sha256,
                                          const FileClaim& claim) {
  Connection& connection = transaction.connection;
  TRY(auto held, if_found(find_grant_of(connection, claim.repo, sha256)));
  TRY(const bool given, may_be_given(connection, sha256, claim));
  if (!held && !given) return held;
  TRY(const auto whole, if_found(require_whole_file(connection, sha256)));
  if (!whole) return std::optional<RepoFile>();
  if (!held) {
    held = RepoFile{.repo = claim.repo,
                    .sha256 = sha256,
                    .size_bytes = whole->size_bytes,
                    .path = {},
                    .ref = {},
                    .pushed = {}};
    TRY_DONE(apply_grant(transaction, *held));
  }
  TRY_DONE(lease(connection, sha256, claim));
  return held;
}

}  // namespace

Result<std::vector<std::optional<RepoFile>>> SqliteContent::claim(const FileClaim& claim) {
  const WallTime now = database_.env().clock.wall_now();
  return database_.write(
      [&](Transaction& transaction) -> Result<std::vector<std::optional<RepoFile>>> {
        TRY_DONE(require_repo(transaction.connection, claim.repo));
        TRY_DONE(transaction.connection.run("DELETE FROM leases WHERE expires_ms < ?", now));
        std::vector<std::optional<RepoFile>> claimed;
        claimed.reserve(claim.files.size());
        for (const Sha256& sha256 : claim.files) {
          TRY(claimed.emplace_back(), claim_one(transaction, sha256, claim));
        }
        return claimed;
      });
}

Result<void> read_grant_row(Query& query, RepoFile& out) {
  return query.read(out.repo, out.sha256, out.size_bytes, out.path, out.ref, out.pushed);
}

Result<RepoFile> find_grant_of(Connection& connection, RepoId repo, const Sha256& sha256) {
  TRY(auto query, connection.query("SELECT " GRANARY_GRANT_COLUMNS " FROM repo_files g"
                                   " WHERE g.repo_id = ? AND g.sha256 = ?",
                                   repo, sha256));
  TRY_DONE(query.step_to_row(ErrorKind::NotFound, "no file " + sha256.to_string()));
  RepoFile file;
  TRY_DONE(read_grant_row(query, file));
  return file;
}

Result<void> apply_grant(Transaction& transaction, const RepoFile& file) {
  Connection& connection = transaction.connection;
  TRY_DONE(require_repo(connection, file.repo));
  TRY(const StoredFile stored, require_whole_file(connection, file.sha256));
  TRY(const auto count,
      connection.run("INSERT INTO repo_files (repo_id, sha256, size_bytes, path,"
                     " ref, pushed_ms) VALUES (?, ?, ?, ?, ?, ?)"
                     " ON CONFLICT (repo_id, sha256) DO NOTHING",
                     file.repo, file.sha256, stored.size_bytes, file.path, file.ref, file.pushed));
  if (count > 0) transaction.changes.repos.push_back(file.repo);
  return {};
}

Result<void> apply_revoke(Transaction& transaction, RepoId repo, std::span<const Sha256> files) {
  for (const Sha256& sha256 : files) {
    TRY_DONE(transaction.connection.run("DELETE FROM repo_files WHERE repo_id = ? AND sha256 = ?",
                                        repo, sha256));
  }
  transaction.changes.repos.push_back(repo);
  return {};
}

}  // namespace granary::meta::sqlite
