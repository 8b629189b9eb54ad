// GitStore on SQLite: objects, history and refs of repos.
#include "meta/sqlite/git.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "meta/sqlite/commits.h"

namespace granary::meta::sqlite {
namespace {

constexpr std::size_t kPrefixDigitCountMin = 5;
constexpr const char* kNoRevision = "no such revision";

#define GRANARY_COMMIT_COLUMNS                                                                \
  "c.oid, c.tree, c.parent, c.depth, c.author_name, c.author_email, c.author_id, c.message, " \
  "c.time_ms"

Result<void> read_commit_row(Query& query, CommitInfo& out) {
  return query.read(out.oid, out.tree, out.parent, out.depth, out.author_name, out.author_email,
                    out.author, out.message, out.time);
}

Result<std::optional<LfsTarget>> lfs_of(const std::optional<Sha256>& sha256,
                                        const std::optional<std::uint64_t>& size_bytes) {
  if (sha256.has_value() != size_bytes.has_value()) {
    return fail(ErrorKind::Corrupt, "database: half an LFS pointer");
  }
  if (!sha256) return std::optional<LfsTarget>();
  return std::optional(LfsTarget{.sha256 = *sha256, .size_bytes = *size_bytes});
}

// All oids that begin with the digits lie between the two that end in zeros and in "f"s.
Result<GitOid> padded(std::string_view prefix, char with) {
  std::string digits(prefix);
  digits.resize(2 * GitOid::kSizeBytes, with);
  return GitOid::parse(digits);
}

}  // namespace

Result<void> SqliteGit::commit(const CommitBatch& batch) {
  const WallTime now = database_.env().clock.wall_now();
  return database_.write([&](Transaction& transaction) {
    return apply_commit(transaction, batch.repo, batch.expected, batch, now);
  });
}

Result<void> SqliteGit::add_objects(RepoId repo, std::span<const GitObject> objects) {
  return database_.write(
      [&](Transaction& transaction) { return apply_objects(transaction, repo, objects); });
}

Result<void> SqliteGit::rewrite(const HistoryRewrite& rewrite) {
  const WallTime now = database_.env().clock.wall_now();
  return database_.write(
      [&](Transaction& transaction) { return apply_rewrite(transaction, rewrite, now); });
}

Result<GitObject> SqliteGit::read_object(RepoId repo, const GitOid& oid) {
  return database_.read([&](Connection& connection) -> Result<GitObject> {
    TRY(auto query, connection.query("SELECT kind, data, lfs_sha256, lfs_size_bytes"
                                     " FROM git_objects WHERE repo_id = ? AND oid = ?",
                                     repo, oid));
    TRY_DONE(query.step_to_row(ErrorKind::NotFound, "no object " + oid.to_string()));
    GitObject object{.oid = oid, .data = {}, .lfs = {}};
    std::optional<Sha256> sha256;
    std::optional<std::uint64_t> size_bytes;
    TRY_DONE(query.read(object.kind, object.data, sha256, size_bytes));
    TRY(object.lfs, lfs_of(sha256, size_bytes));
    return object;
  });
}

Result<std::vector<BlobInfo>> SqliteGit::read_blob_infos(RepoId repo,
                                                         std::span<const GitOid> oids) {
  return database_.read([&](Connection& connection) -> Result<std::vector<BlobInfo>> {
    std::vector<BlobInfo> infos;
    infos.reserve(oids.size());
    for (const GitOid& oid : oids) {
      TRY(auto query, connection.query("SELECT length(data), lfs_sha256, lfs_size_bytes"
                                       " FROM git_objects WHERE repo_id = ? AND oid = ?"
                                       " AND kind = ?",
                                       repo, oid, GitKind::Blob));
      TRY_DONE(query.step_to_row(ErrorKind::NotFound, "no blob " + oid.to_string()));
      BlobInfo& info = infos.emplace_back();
      std::optional<Sha256> sha256;
      std::optional<std::uint64_t> size_bytes;
      TRY_DONE(query.read(info.size_bytes, sha256, size_bytes));
      TRY(info.lfs, lfs_of(sha256, size_bytes));
    }
    return infos;
  });
}

Result<CommitInfo> SqliteGit::read_commit(RepoId repo, const GitOid& oid) {
  return database_.read([&](Connection& connection) -> Result<CommitInfo> {
    TRY(auto query, connection.query("SELECT " GRANARY_COMMIT_COLUMNS
                                     " FROM commits c WHERE c.repo_id = ? AND c.oid = ?",
                                     repo, oid));
    TRY_DONE(query.step_to_row(ErrorKind::RevisionNotFound, kNoRevision));
    CommitInfo commit;
    TRY_DONE(read_commit_row(query, commit));
    return commit;
  });
}

Result<GitOid> SqliteGit::find_commit(RepoId repo, std::string_view prefix) {
  const auto first = padded(prefix, '0');
  const auto last = padded(prefix, 'f');
  if (prefix.size() < kPrefixDigitCountMin || prefix.size() > 2 * GitOid::kSizeBytes || !first ||
      !last) {
    return fail(ErrorKind::RevisionNotFound, kNoRevision);
  }
  return database_.read([&](Connection& connection) -> Result<GitOid> {
    TRY(auto query, connection.query("SELECT oid FROM commits WHERE repo_id = ?"
                                     " AND oid BETWEEN ? AND ? LIMIT 2",
                                     repo, *first, *last));
    TRY_DONE(query.step_to_row(ErrorKind::RevisionNotFound, kNoRevision));
    GitOid oid;
    TRY_DONE(query.read(oid));
    TRY(const bool another, query.step());
    if (another) return fail(ErrorKind::RevisionNotFound, "more than one commit begins so");
    return oid;
  });
}

Result<std::vector<CommitInfo>> SqliteGit::list_commits(RepoId repo, const GitOid& oid,
                                                        std::uint64_t skip, std::size_t limit) {
  return database_.read([&](Connection& connection) -> Result<std::vector<CommitInfo>> {
    TRY(auto start,
        connection.query("SELECT depth FROM commits WHERE repo_id = ? AND oid = ?", repo, oid));
    TRY_DONE(start.step_to_row(ErrorKind::RevisionNotFound, kNoRevision));
    std::uint64_t depth = 0;
    TRY_DONE(start.read(depth));
    if (skip >= depth) return std::vector<CommitInfo>();
    const std::uint64_t newest = depth - skip;  // depths of those wanted: (oldest, newest]
    const std::uint64_t oldest =
        newest - std::min<std::uint64_t>({newest, limit, limits::kCommitsPageCountMax});
    TRY(auto query,
        connection.query("WITH RECURSIVE line (oid, parent, depth) AS ("
                         " SELECT oid, parent, depth FROM commits WHERE repo_id = ? AND oid = ?"
                         " UNION ALL SELECT p.oid, p.parent, p.depth FROM line"
                         " JOIN commits p ON p.repo_id = ? AND p.oid = line.parent"
                         " WHERE p.depth > ?)"
                         " SELECT " GRANARY_COMMIT_COLUMNS " FROM line"
                         " JOIN commits c ON c.repo_id = ? AND c.oid = line.oid"
                         " WHERE line.depth > ? AND line.depth <= ? ORDER BY line.depth DESC",
                         repo, oid, repo, oldest, repo, oldest, newest));
    return collect<CommitInfo>(std::move(query), read_commit_row);
  });
}

Result<GitOid> SqliteGit::find_ref(RepoId repo, std::string_view ref) {
  return database_.read([&](Connection& connection) -> Result<GitOid> {
    TRY(auto query,
        connection.query("SELECT target FROM refs WHERE repo_id = ? AND name = ?", repo, ref));
    TRY_DONE(query.step_to_row(ErrorKind::RevisionNotFound, kNoRevision));
    GitOid target;
    TRY_DONE(query.read(target));
    return target;
  });
}

Result<std::vector<Ref>> SqliteGit::list_refs(RepoId repo) {
  return database_.read([&](Connection& connection) -> Result<std::vector<Ref>> {
    TRY(auto query,
        connection.query("SELECT name, target, tag FROM refs WHERE repo_id = ? ORDER BY name",
                         repo));
    return collect<Ref>(std::move(query), [](Query& row, Ref& out) {
      return row.read(out.name, out.target, out.tag);
    });
  });
}

Result<void> SqliteGit::update_ref(const RefUpdate& update) {
  const WallTime now = database_.env().clock.wall_now();
  return database_.write(
      [&](Transaction& transaction) { return apply_ref(transaction, update, now); });
}

}  // namespace granary::meta::sqlite
