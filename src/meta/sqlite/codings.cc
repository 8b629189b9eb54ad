// CodingStore on SQLite: what was looked at, the swap of objects, and the sums.
#include "meta/sqlite/codings.h"

#include <algorithm>
#include <string>

#include "base/limits.h"
#include "meta/sqlite/content_rows.h"
#include "meta/sqlite/grants.h"

#define GRANARY_SEEN_MS \
  "(SELECT coalesce(max(value), 0) FROM settings WHERE key = 'recoder.seen_ms')"

namespace granary::meta::sqlite {
namespace {

/// `condition` binds `policy`.
Result<std::vector<Xorb>> list_by_policy(Database& database, const std::string& condition,
                                         std::uint32_t policy, XorbId after, std::size_t limit) {
  return database.read([&](Connection& connection) -> Result<std::vector<Xorb>> {
    TRY(auto query,
        connection.query("SELECT " GRANARY_XORB_COLUMNS " FROM xorbs x WHERE x.state = 0 AND " +
                             condition + " AND x.id > ? ORDER BY x.id LIMIT ?",
                         policy, after, std::min(limit, limits::kListPageCountMax)));
    return collect<Xorb>(std::move(query), read_xorb_row);
  });
}

Result<void> replace_shares(Connection& connection, XorbId xorb,
                            std::span<const CodingShare> shares) {
  TRY_DONE(connection.run("DELETE FROM xorb_codings WHERE xorb_id = ?", xorb));
  for (const CodingShare& share : shares) {
    TRY_DONE(
        connection.run("INSERT INTO xorb_codings (xorb_id, codec, size_bytes,"
                       " coded_size_bytes) VALUES (?, ?, ?, ?)",
                       xorb, share.codec, share.size_bytes, share.coded_size_bytes));
  }
  return {};
}

// Blocks are decoded from at most one other block, so that a read never follows a chain.
Result<void> replace_bases(Connection& connection, const Recoding& recoding) {
  TRY_DONE(connection.run("DELETE FROM xorb_bases WHERE xorb_id = ?", recoding.xorb));
  if (recoding.bases.empty()) return {};
  TRY(const bool is_base,
      connection.any("SELECT 1 FROM xorb_bases WHERE base_id = ?", recoding.xorb));
  if (is_base) return fail(ErrorKind::Conflict, "a base of other xorbs may not need bases");
  for (const XorbId base : recoding.bases) {
    TRY(const bool live, connection.any("SELECT 1 FROM xorbs WHERE id = ? AND state = 0", base));
    TRY(const bool has_bases, connection.any("SELECT 1 FROM xorb_bases WHERE xorb_id = ?", base));
    if (!live || has_bases || base == recoding.xorb) {
      return fail(ErrorKind::Conflict, "a xorb that cannot be a base");
    }
    TRY_DONE(connection.run("INSERT INTO xorb_bases (xorb_id, base_id) VALUES (?, ?)",
                            recoding.xorb, base));
  }
  return {};
}

Result<void> read_share(Query& query, CodingShare& out) {
  return query.read(out.codec, out.size_bytes, out.coded_size_bytes);
}

// `xorbs` is a query that gives the ids of the xorbs that count.
Result<void> add_xorbs(Connection& connection, const std::string& xorbs,
                       const std::optional<RepoId>& repo, Usage& usage) {
  const auto query = [&](const std::string& text) -> Result<Query> {
    if (repo) return connection.query(text, *repo);
    return connection.query(text);
  };
  TRY(auto sums, query("SELECT count(*), coalesce(sum(size_bytes), 0),"
                       " coalesce(sum(stored_size_bytes), 0), coalesce(sum(size_bytes *"
                       " NOT EXISTS (SELECT 1 FROM xorb_codings c WHERE c.xorb_id = x.id)), 0)"
                       " FROM xorbs x WHERE id IN (" +
                       xorbs + ")"));
  TRY_DONE(sums.step_to_row(ErrorKind::Internal, "no sums"));
  TRY_DONE(sums.read(usage.xorb_count, usage.xorb_size_bytes, usage.stored_size_bytes,
                     usage.unseen_size_bytes));
  TRY(auto shares, query("SELECT codec, sum(size_bytes), sum(coded_size_bytes) FROM xorb_codings"
                         " WHERE xorb_id IN (" +
                         xorbs + ") GROUP BY codec ORDER BY codec"));
  TRY(usage.shares, collect<CodingShare>(std::move(shares), read_share));
  return {};
}

Result<Usage> usage_of_all(Connection& connection) {
  Usage usage;
  TRY(auto files, connection.query("SELECT count(*), coalesce(sum(size_bytes), 0),"
                                   " (SELECT count(*) FROM files),"
                                   " (SELECT coalesce(sum(size_bytes), 0) FROM files)"
                                   " FROM repo_files"));
  TRY_DONE(files.step_to_row(ErrorKind::Internal, "no sums"));
  TRY_DONE(files.read(usage.file_count, usage.file_size_bytes, usage.unique_file_count,
                      usage.unique_size_bytes));
  TRY_DONE(add_xorbs(connection, "SELECT id FROM xorbs WHERE state = 0", {}, usage));
  return usage;
}

Result<Usage> usage_of(Connection& connection, RepoId repo) {
  Usage usage;
  TRY(auto files, connection.query("SELECT count(*), coalesce(sum(size_bytes), 0)"
                                   " FROM repo_files WHERE repo_id = ?",
                                   repo));
  TRY_DONE(files.step_to_row(ErrorKind::Internal, "no sums"));
  TRY_DONE(files.read(usage.file_count, usage.file_size_bytes));
  usage.unique_file_count = usage.file_count;
  usage.unique_size_bytes = usage.file_size_bytes;
  TRY_DONE(add_xorbs(connection,
                     "SELECT n.xorb_id FROM repo_files g JOIN file_xorbs n ON n.sha256 = g.sha256"
                     " WHERE g.repo_id = ?",
                     repo, usage));
  return usage;
}

}  // namespace

Result<std::vector<Xorb>> SqliteCodings::list_below(std::uint32_t policy, XorbId after,
                                                    std::size_t limit) {
  return list_by_policy(database_, "x.coding_policy < ?", policy, after, limit);
}

Result<std::vector<Xorb>> SqliteCodings::list_at(std::uint32_t policy, XorbId after,
                                                 std::size_t limit) {
  return list_by_policy(database_, "x.coding_policy = ?", policy, after, limit);
}

Result<void> SqliteCodings::mark(const Xorb& xorb, std::uint32_t policy,
                                 std::span<const CodingShare> shares) {
  return database_.write([&](Transaction& transaction) -> Result<void> {
    Connection& connection = transaction.connection;
    TRY(const auto changed, connection.run("UPDATE xorbs SET coding_policy = ?"
                                           " WHERE id = ? AND generation = ? AND state = 0",
                                           policy, xorb.id, xorb.generation));
    if (changed == 0) return {};
    return replace_shares(connection, xorb.id, shares);
  });
}

Result<std::uint32_t> SqliteCodings::next_generation(const XorbHash& hash) {
  return database_.read([&](Connection& connection) -> Result<std::uint32_t> {
    TRY(auto query, connection.query("SELECT max(generation) FROM xorbs WHERE hash = ?", hash));
    TRY_DONE(query.step_to_row(ErrorKind::Internal, "no generation"));
    if (query.is_null(0)) return 0;
    std::uint32_t last = 0;
    TRY_DONE(query.read(last));
    return last + 1;
  });
}

Result<void> SqliteCodings::swap(const Recoding& recoding) {
  return database_.write([&](Transaction& transaction) -> Result<void> {
    Connection& connection = transaction.connection;
    TRY(const Xorb old, read_xorb_of(connection, recoding.xorb));
    if (old.state != XorbState::Live || old.generation != recoding.from_generation) {
      return fail(ErrorKind::Conflict, "the xorb has another object by now");
    }
    TRY_DONE(
        connection.run("UPDATE xorbs SET generation = ?, stored_size_bytes = ?, coding_policy = ?"
                       " WHERE id = ?",
                       recoding.generation, recoding.stored_size_bytes, recoding.policy, old.id));
    TRY_DONE(
        connection.run("INSERT INTO xorbs (hash, generation, chunk_count, size_bytes,"
                       " stored_size_bytes, state, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?)",
                       old.hash, old.generation, old.chunk_count, old.size_bytes,
                       old.stored_size_bytes, XorbState::Deleting, old.created));
    TRY_DONE(replace_bases(connection, recoding));
    return replace_shares(connection, old.id, recoding.shares);
  });
}

Result<std::vector<Xorb>> SqliteCodings::list_deleting(std::size_t limit) {
  return database_.read([&](Connection& connection) -> Result<std::vector<Xorb>> {
    TRY(auto query, connection.query("SELECT " GRANARY_XORB_COLUMNS
                                     " FROM xorbs x WHERE x.state = 2 ORDER BY x.id LIMIT ?",
                                     std::min(limit, limits::kListPageCountMax)));
    return collect<Xorb>(std::move(query), read_xorb_row);
  });
}

Result<void> SqliteCodings::forget(XorbId deleting) {
  return database_.write([&](Transaction& transaction) -> Result<void> {
    TRY(const auto changed,
        transaction.connection.run("DELETE FROM xorbs WHERE id = ? AND state = 2", deleting));
    if (changed == 0) return fail(ErrorKind::NotFound, "no xorb that is being deleted");
    return {};
  });
}

Result<Xorb> SqliteCodings::find_xorb(const XorbHash& hash) {
  return database_.read([&](Connection& connection) -> Result<Xorb> {
    TRY(auto query,
        connection.query(
            "SELECT " GRANARY_XORB_COLUMNS " FROM xorbs x WHERE x.hash = ? AND x.state = 0", hash));
    TRY_DONE(query.step_to_row(ErrorKind::NotFound, "no xorb " + hash.to_string()));
    Xorb xorb;
    TRY_DONE(read_xorb_row(query, xorb));
    return xorb;
  });
}

Result<std::vector<XorbId>> SqliteCodings::bases_of(XorbId xorb) {
  return database_.read([&](Connection& connection) -> Result<std::vector<XorbId>> {
    TRY(auto query, connection.query(
                        "SELECT base_id FROM xorb_bases WHERE xorb_id = ? ORDER BY base_id", xorb));
    return collect<XorbId>(std::move(query), [](Query& row, XorbId& out) { return row.read(out); });
  });
}

Result<bool> SqliteCodings::is_base(XorbId xorb) {
  return database_.read([&](Connection& connection) {
    return connection.any("SELECT 1 FROM xorb_bases WHERE base_id = ?", xorb);
  });
}

// How far it came is kept as the time of the last change seen: times that change repos never go
// back, but by the order of two transactions in one millisecond.
Result<std::uint64_t> SqliteCodings::look_again(std::uint32_t policy) {
  TRY(const bool changed, database_.read([&](Connection& connection) {
    return connection.any("SELECT 1 FROM repos WHERE kind = 0 AND modified_ms > " GRANARY_SEEN_MS);
  }));
  if (!changed) return 0;
  return database_.write([&](Transaction& transaction) -> Result<std::uint64_t> {
    Connection& connection = transaction.connection;
    TRY(const auto count,
        connection.run("WITH changed AS (SELECT id FROM repos WHERE kind = 0"
                       " AND modified_ms > " GRANARY_SEEN_MS "),"
                       " concerned AS (SELECT id FROM changed UNION SELECT t.repo_id"
                       " FROM changed c JOIN repos r ON r.id = c.id JOIN namespaces o"
                       " ON o.id = r.owner_id JOIN repo_tags t"
                       " ON t.tag = 'base_model:' || o.name || '/' || r.name),"
                       " needed AS (SELECT n.xorb_id AS id FROM concerned c JOIN repo_files g"
                       " ON g.repo_id = c.id JOIN file_xorbs n ON n.sha256 = g.sha256)"
                       " UPDATE xorbs SET coding_policy = ? WHERE state = 0 AND coding_policy > ?"
                       " AND id IN (SELECT id FROM needed UNION SELECT b.xorb_id FROM needed n"
                       " JOIN xorb_bases b ON b.base_id = n.id)",
                       policy, policy));
    TRY_DONE(
        connection.run("INSERT INTO settings (key, value) SELECT 'recoder.seen_ms',"
                       " max(modified_ms) FROM repos WHERE kind = 0"
                       " ON CONFLICT (key) DO UPDATE SET value = excluded.value"));
    return static_cast<std::uint64_t>(count);
  });
}

Result<std::vector<RepoFile>> SqliteCodings::list_holders(XorbId xorb, std::size_t limit) {
  return database_.read([&](Connection& connection) -> Result<std::vector<RepoFile>> {
    TRY(auto query, connection.query("SELECT " GRANARY_GRANT_COLUMNS " FROM file_xorbs n"
                                     " CROSS JOIN repo_files g ON g.sha256 = n.sha256"
                                     " WHERE n.xorb_id = ? ORDER BY n.sha256, g.repo_id LIMIT ?",
                                     xorb, limit));
    return collect<RepoFile>(std::move(query), read_grant_row);
  });
}

Result<Usage> SqliteCodings::read_usage(std::optional<RepoId> repo) {
  return database_.read([&](Connection& connection) {
    return repo ? usage_of(connection, *repo) : usage_of_all(connection);
  });
}

}  // namespace granary::meta::sqlite
