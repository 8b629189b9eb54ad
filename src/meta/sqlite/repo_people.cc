// RepoStore on SQLite: what people do with repos: download, like, ask for access.
#include <utility>

#include "meta/sqlite/commits.h"
#include "meta/sqlite/identity.h"
#include "meta/sqlite/repos.h"
#include "meta/trending.h"

namespace granary::meta::sqlite {
namespace {

constexpr std::string_view kSelectAccess =
    "SELECT a.public_id, a.user_id, u.name, u.full_name, u.email, a.status, a.fields_json,"
    " a.by_hand, a.time_ms FROM access_requests a JOIN namespaces u ON u.id = a.user_id"
    " WHERE a.repo_id = ?";

Result<void> read_access_row(Query& query, AccessRequest& out) {
  return query.read(out.public_id, out.user, out.user_name, out.user_full_name, out.user_email,
                    out.status, out.fields_json, out.by_hand, out.time);
}

Result<AccessRequest> find_access_of(Connection& connection, RepoId repo, NamespaceId user) {
  TRY(auto query, connection.query(std::string(kSelectAccess) + " AND a.user_id = ?", repo, user));
  TRY_DONE(query.step_to_row(ErrorKind::NotFound, "no request for access"));
  AccessRequest found;
  TRY_DONE(read_access_row(query, found));
  return found;
}

Result<void> add_to_trend(Connection& connection, RepoId repo, WallTime time, double weight) {
  TRY(auto query, connection.query("SELECT trending FROM repos WHERE id = ?", repo));
  TRY_DONE(query.step_to_row(ErrorKind::RepoNotFound, "no such repository"));
  std::int64_t score = 0;
  TRY_DONE(query.read(score));
  TRY_DONE(connection.run("UPDATE repos SET trending = ? WHERE id = ?",
                          trending_after(score, time, weight), repo));
  return {};
}

// The time of the like, to take back exactly what it added.
Result<std::optional<WallTime>> liked_at(Connection& connection, RepoId repo, NamespaceId user) {
  TRY(auto query,
      connection.query("SELECT time_ms FROM likes WHERE repo_id = ? AND user_id = ?", repo, user));
  TRY(const bool found, query.step());
  if (!found) return std::optional<WallTime>();
  WallTime time;
  TRY_DONE(query.read(time));
  return std::optional(time);
}

}  // namespace

Result<void> SqliteRepos::add_downloads(RepoId id, std::uint64_t count) {
  const WallTime now = database_.env().clock.wall_now();
  return database_.write([&](Transaction& transaction) -> Result<void> {
    Connection& connection = transaction.connection;
    TRY_DONE(add_to_trend(connection, id, now, kTrendingDownload * static_cast<double>(count)));
    TRY_DONE(connection.run("UPDATE repos SET downloads = downloads + ? WHERE id = ?", count, id));
    return {};
  });
}

Result<AccessRequest> SqliteRepos::set_access(RepoId repo, const AccessRequest& request) {
  const std::string public_id = make_public_id(database_.env().random);
  return database_.write([&](Transaction& transaction) -> Result<AccessRequest> {
    Connection& connection = transaction.connection;
    TRY_DONE(require_repo(connection, repo));
    TRY_DONE(read_namespace_of(connection, request.user, NamespaceKind::User));
    TRY(const bool same, connection.any("SELECT 1 FROM access_requests WHERE repo_id = ?"
                                        " AND user_id = ? AND status = ?",
                                        repo, request.user, request.status));
    if (same) {
      return fail(ErrorKind::Conflict,
                  "the request is " + std::string(name_of(request.status)) + " already");
    }
    // Who asks again says so anew; who decides changes the state alone.
    TRY_DONE(connection.run(
        "INSERT INTO access_requests (repo_id, user_id, public_id, status, fields_json, by_hand,"
        " time_ms) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (repo_id, user_id) DO UPDATE SET"
        " status = excluded.status,"
        " fields_json = CASE excluded.fields_json WHEN '' THEN fields_json"
        " ELSE excluded.fields_json END,"
        " time_ms = CASE excluded.status WHEN 0 THEN excluded.time_ms ELSE time_ms END",
        repo, request.user, public_id, request.status, request.fields_json, request.by_hand,
        request.time));
    transaction.changes.access = true;
    return find_access_of(connection, repo, request.user);
  });
}

Result<AccessRequest> SqliteRepos::find_access(RepoId repo, NamespaceId user) {
  return database_.read(
      [&](Connection& connection) { return find_access_of(connection, repo, user); });
}

Result<std::vector<AccessRequest>> SqliteRepos::list_access(RepoId repo, AccessStatus status) {
  return database_.read([&](Connection& connection) -> Result<std::vector<AccessRequest>> {
    TRY(auto query, connection.query(std::string(kSelectAccess) +
                                         " AND a.status = ? ORDER BY a.time_ms, a.user_id",
                                     repo, status));
    return collect<AccessRequest>(std::move(query), read_access_row);
  });
}

Result<void> SqliteRepos::set_like(RepoId repo, NamespaceId user, bool liked) {
  const WallTime now = database_.env().clock.wall_now();
  return database_.write([&](Transaction& transaction) -> Result<void> {
    Connection& connection = transaction.connection;
    TRY_DONE(require_repo(connection, repo));
    TRY_DONE(read_namespace_of(connection, user, NamespaceKind::User));
    TRY(const auto before, liked_at(connection, repo, user));
    if (before.has_value() == liked) return {};
    if (liked) {
      TRY_DONE(connection.run("INSERT INTO likes (repo_id, user_id, time_ms) VALUES (?, ?, ?)",
                              repo, user, now));
      TRY_DONE(add_to_trend(connection, repo, now, kTrendingLike));
    } else {
      TRY_DONE(connection.run("DELETE FROM likes WHERE repo_id = ? AND user_id = ?", repo, user));
      TRY_DONE(add_to_trend(connection, repo, *before, -kTrendingLike));
    }
    TRY_DONE(
        connection.run("UPDATE repos SET likes = likes + ? WHERE id = ?", liked ? 1 : -1, repo));
    transaction.changes.repos.push_back(repo);
    return {};
  });
}

Result<std::vector<Namespace>> SqliteRepos::list_likers(RepoId repo) {
  return database_.read([&](Connection& connection) -> Result<std::vector<Namespace>> {
    TRY(auto query, connection.query("SELECT " GRANARY_NAMESPACE_COLUMNS
                                     " FROM likes l JOIN namespaces n ON n.id = l.user_id"
                                     " WHERE l.repo_id = ? ORDER BY l.time_ms, n.id",
                                     repo));
    return collect<Namespace>(std::move(query), read_namespace_row);
  });
}

Result<std::vector<Like>> SqliteRepos::list_likes(NamespaceId user) {
  return database_.read([&](Connection& connection) -> Result<std::vector<Like>> {
    TRY(auto query, connection.query("SELECT " GRANARY_REPO_COLUMNS ", l.time_ms"
                                     " FROM likes l JOIN " GRANARY_REPO_TABLES
                                     " WHERE l.user_id = ? AND r.id = l.repo_id"
                                     " ORDER BY l.time_ms DESC, r.id DESC",
                                     user));
    return collect<Like>(std::move(query), [](Query& row, Like& out) {
      return read_repo_row(row, out.repo, out.time);
    });
  });
}

}  // namespace granary::meta::sqlite
