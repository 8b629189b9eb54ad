// Which xorbs and files a repo may be told of, and the leases that come with telling.
#include "meta/sqlite/xorb_claims.h"

#include <set>
#include <utility>

#include "base/limits.h"
#include "meta/sqlite/commits.h"
#include "meta/sqlite/content.h"
#include "meta/sqlite/content_rows.h"
#include "meta/sqlite/identity.h"

namespace granary::meta::sqlite {
namespace {

constexpr std::size_t kNeighbourFilesTriedMax = 4;

/// A scope, made ready for statements.
struct Circle {
  const XorbScope& scope;
  NamespaceId owner;
  bool wide = false;  // Organization
  std::string viewer_namespaces;
  std::string sources;
};

Result<Circle> circle_of(Connection& connection, const XorbScope& scope) {
  TRY_DONE(require_repo(connection, scope.repo));
  TRY(auto query, connection.query("SELECT owner_id FROM repos WHERE id = ?", scope.repo));
  TRY_DONE(query.step_to_row(ErrorKind::Internal, "no owner of a repo"));
  Circle circle{.scope = scope,
                .owner = {},
                .wide = scope.reach == DedupeScope::Organization,
                .viewer_namespaces = json_list(scope.viewer.namespaces),
                .sources = json_list(scope.sources)};
  TRY_DONE(query.read(circle.owner));
  return circle;
}

Result<bool> is_leased_within(Connection& connection, XorbId xorb, const Circle& circle) {
  return connection.any(
      "SELECT 1 FROM xorb_leases l CROSS JOIN repos r ON r.id = l.repo_id"
      " WHERE l.xorb_id = ? AND (r.id = ? OR (? AND r.owner_id = ?)) LIMIT 1",
      xorb, circle.scope.repo, circle.wide, circle.owner);
}

/// Of repos `r`: those whose files are in scope; with Instance all. `query_within` binds it.
#define GRANARY_REPO_WITHIN                                                \
  "(? OR r.id = ? OR r.id IN (SELECT value FROM json_each(?))"             \
  " OR (? AND (r.owner_id = ? OR (r.gating = ? AND (? OR r.visibility = ?" \
  " OR r.owner_id IN (SELECT value FROM json_each(?)))))))"

/// `sql` binds `key`, then GRANARY_REPO_WITHIN, then `limit`.
template <class Key>
Result<Query> query_within(Connection& connection, std::string_view sql, const Key& key,
                           const Circle& circle, std::size_t limit) {
  const Viewer& viewer = circle.scope.viewer;
  return connection.query(sql, key, circle.scope.reach == DedupeScope::Instance, circle.scope.repo,
                          circle.sources, circle.wide, circle.owner, Gating::None, viewer.sees_all,
                          Visibility::Public, circle.viewer_namespaces, limit);
}

/// The files in scope that need a xorb, at most `limit`; some perhaps more than once.
Result<Query> files_within(Connection& connection, XorbId xorb, const Circle& circle,
                           std::size_t limit) {
  return query_within(connection,
                      "SELECT n.sha256 FROM file_xorbs n"
                      " CROSS JOIN repo_files g ON g.sha256 = n.sha256"
                      " CROSS JOIN repos r ON r.id = g.repo_id"
                      " WHERE n.xorb_id = ? AND " GRANARY_REPO_WITHIN " LIMIT ?",
                      xorb, circle, limit);
}

Result<bool> is_needed_within(Connection& connection, XorbId xorb, const Circle& circle) {
  TRY(auto query, files_within(connection, xorb, circle, 1));
  return query.step();
}

/// What is nowhere is asked about as XorbId{}, so that it costs about what a xorb of others costs.
Result<bool> is_in_scope(Connection& connection, XorbId xorb, const Circle& circle) {
  if (circle.scope.reach == DedupeScope::Instance) return true;
  TRY(const bool leased, is_leased_within(connection, xorb, circle));
  if (leased) return true;
  return is_needed_within(connection, xorb, circle);
}

Result<std::optional<Xorb>> find_live(Connection& connection, const XorbHash& hash) {
  TRY(auto query,
      connection.query(
          "SELECT " GRANARY_XORB_COLUMNS " FROM xorbs x WHERE x.hash = ? AND x.state = 0", hash));
  TRY(const bool found, query.step());
  std::optional<Xorb> xorb;
  if (found) TRY_DONE(read_xorb_row(query, xorb.emplace()));
  return xorb;
}

Result<std::optional<Xorb>> claimed_one(Connection& connection, const XorbHash& hash,
                                        const Circle& circle) {
  TRY(auto xorb, find_live(connection, hash));
  TRY(const bool allowed, is_in_scope(connection, xorb ? xorb->id : XorbId{}, circle));
  if (!allowed) xorb.reset();
  return xorb;
}

/// `circle`: null for all.
Result<std::optional<Xorb>> first_in_scope(Connection& connection, const ChunkHash& hook,
                                           const Circle* circle) {
  TRY(auto query, connection.query("SELECT " GRANARY_XORB_COLUMNS " FROM hooks h"
                                   " JOIN xorbs x ON x.id = h.xorb_id"
                                   " WHERE h.chunk = ? AND x.state = 0 ORDER BY h.xorb_id LIMIT ?",
                                   hook_key(hook), limits::kHookXorbsTriedMax));
  for (bool is_first = true;; is_first = false) {
    TRY(const bool more, query.step());
    if (!more && !is_first) return std::optional<Xorb>();
    std::optional<Xorb> xorb;
    if (more) TRY_DONE(read_xorb_row(query, xorb.emplace()));
    bool allowed = true;
    if (circle) {
      TRY(allowed, is_in_scope(connection, xorb ? xorb->id : XorbId{}, *circle));
    }
    if (!more || allowed) return xorb;
  }
}

/// What each hook leads to, each once.
Result<std::vector<Xorb>> led_to(Connection& connection, std::span<const ChunkHash> hooks,
                                 const Circle* circle) {
  std::vector<Xorb> found;
  std::set<XorbId> seen;
  for (const ChunkHash& hook : hooks) {
    TRY(const auto xorb, first_in_scope(connection, hook, circle));
    if (xorb && seen.insert(xorb->id).second) found.push_back(*xorb);
  }
  return found;
}

Result<bool> lasts(Connection& connection, XorbId xorb, const XorbLease& lease) {
  return connection.any(
      "SELECT 1 FROM xorb_leases WHERE xorb_id = ? AND repo_id = ? AND expires_ms >= ?", xorb,
      lease.repo, lease.expires - limits::kXorbLeaseSlack);
}

const Xorb* xorb_in(const std::optional<Xorb>& found) { return found ? &*found : nullptr; }
const Xorb* xorb_in(const Xorb& found) { return &found; }

// Finds by a reader first: most claims find nothing, or what is leased already, and then nobody
// waits for the one writer. A lease that lasts was there in the same snapshot as its xorb.
template <class Found, class Find>
Result<std::vector<Found>> claim_found(Database& database, const XorbLease& lease, Find find) {
  bool all_leased = true;
  auto found = database.read([&](Connection& connection) -> Result<std::vector<Found>> {
    TRY(auto here, find(connection));
    for (const Found& each : here) {
      const Xorb* xorb = xorb_in(each);
      if (xorb == nullptr) continue;
      TRY(const bool leased, lasts(connection, xorb->id, lease));
      all_leased = all_leased && leased;
    }
    return here;
  });
  if (!found || all_leased) return found;
  return database.write([&](Transaction& transaction) -> Result<std::vector<Found>> {
    TRY(auto here, find(transaction.connection));
    for (const Found& each : here) {
      const Xorb* xorb = xorb_in(each);
      if (xorb != nullptr) TRY_DONE(lease_xorb(transaction.connection, xorb->id, lease));
    }
    return here;
  });
}

Result<std::vector<Xorb>> xorbs_of_repo(Connection& connection, RepoId repo, std::size_t limit) {
  std::vector<Xorb> found;
  std::set<XorbId> seen;
  TRY(auto query, connection.query("SELECT " GRANARY_XORB_COLUMNS " FROM repo_files g"
                                   " CROSS JOIN file_xorbs n ON n.sha256 = g.sha256"
                                   " CROSS JOIN xorbs x ON x.id = n.xorb_id WHERE g.repo_id = ?"
                                   " ORDER BY g.pushed_ms DESC",
                                   repo));
  while (found.size() < limit) {
    TRY(const bool more, query.step());
    if (!more) break;
    Xorb xorb;
    TRY_DONE(read_xorb_row(query, xorb));
    if (xorb.state == XorbState::Live && seen.insert(xorb.id).second) found.push_back(xorb);
  }
  return found;
}

Result<std::vector<Xorb>> neighbours_of(Connection& connection, XorbId xorb, const Circle& circle,
                                        std::size_t limit) {
  std::vector<Xorb> found;
  std::set<XorbId> seen;
  TRY(auto files, files_within(connection, xorb, circle, kNeighbourFilesTriedMax));
  while (found.size() < limit) {
    TRY(const bool more, files.step());
    if (!more) break;
    Sha256 sha256;
    TRY_DONE(files.read(sha256));
    TRY(auto query, connection.query("SELECT " GRANARY_XORB_COLUMNS " FROM file_xorbs n"
                                     " CROSS JOIN xorbs x ON x.id = n.xorb_id WHERE n.sha256 = ?"
                                     " AND x.state = 0 AND n.xorb_id <> ?"
                                     " ORDER BY n.xorb_id < ?, n.xorb_id LIMIT ?",
                                     sha256, xorb, xorb, limit));
    while (found.size() < limit) {
      TRY(const bool another, query.step());
      if (!another) break;
      Xorb neighbour;
      TRY_DONE(read_xorb_row(query, neighbour));
      if (seen.insert(neighbour.id).second) found.push_back(neighbour);
    }
  }
  return found;
}

}  // namespace

Result<void> lease_xorb(Connection& connection, XorbId xorb, const XorbLease& lease) {
  TRY_DONE(
      connection.run("INSERT INTO xorb_leases (xorb_id, repo_id, expires_ms) VALUES (?, ?, ?)"
                     " ON CONFLICT (xorb_id, repo_id) DO UPDATE SET"
                     " expires_ms = excluded.expires_ms WHERE expires_ms < ?",
                     xorb, lease.repo, lease.expires, lease.expires - limits::kXorbLeaseSlack));
  return {};
}

Result<std::vector<std::optional<Xorb>>> SqliteContent::claim_xorbs(
    const XorbScope& scope, std::span<const XorbHash> hashes, WallTime expires) {
  using Found = std::vector<std::optional<Xorb>>;
  const XorbLease lease{.repo = scope.repo, .expires = expires};
  return claim_found<std::optional<Xorb>>(
      database_, lease, [&](Connection& connection) -> Result<Found> {
        TRY(const Circle circle, circle_of(connection, scope));
        Found found;
        found.reserve(hashes.size());
        for (const XorbHash& hash : hashes) {
          TRY(found.emplace_back(), claimed_one(connection, hash, circle));
        }
        return found;
      });
}

Result<std::vector<Xorb>> SqliteContent::claim_hooks(const XorbScope& scope,
                                                     std::span<const ChunkHash> hooks,
                                                     WallTime expires) {
  const XorbLease lease{.repo = scope.repo, .expires = expires};
  return claim_found<Xorb>(database_, lease,
                           [&](Connection& connection) -> Result<std::vector<Xorb>> {
                             TRY(const Circle circle, circle_of(connection, scope));
                             return led_to(connection, hooks, &circle);
                           });
}

Result<std::vector<Xorb>> SqliteContent::find_hooks(std::span<const ChunkHash> hooks,
                                                    const XorbScope* scope) {
  return database_.read([&](Connection& connection) -> Result<std::vector<Xorb>> {
    if (!scope) return led_to(connection, hooks, nullptr);
    TRY(const Circle circle, circle_of(connection, *scope));
    return led_to(connection, hooks, &circle);
  });
}

Result<bool> SqliteContent::is_file_within(const XorbScope& scope, const Sha256& sha256) {
  return database_.read([&](Connection& connection) -> Result<bool> {
    TRY(const Circle circle, circle_of(connection, scope));
    TRY(auto query, query_within(connection,
                                 "SELECT 1 FROM repo_files g CROSS JOIN repos r ON r.id = g.repo_id"
                                 " WHERE g.sha256 = ? AND " GRANARY_REPO_WITHIN " LIMIT ?",
                                 sha256, circle, 1));
    return query.step();
  });
}

Result<std::vector<Xorb>> SqliteContent::claim_neighbours(const XorbScope& scope, XorbId xorb,
                                                          std::size_t limit, WallTime expires) {
  const XorbLease lease{.repo = scope.repo, .expires = expires};
  return claim_found<Xorb>(database_, lease,
                           [&](Connection& connection) -> Result<std::vector<Xorb>> {
                             TRY(const Circle circle, circle_of(connection, scope));
                             return neighbours_of(connection, xorb, circle, limit);
                           });
}

Result<std::vector<Xorb>> SqliteContent::claim_repo_xorbs(RepoId repo, std::size_t limit,
                                                          const XorbLease& lease) {
  return claim_found<Xorb>(database_, lease,
                           [&](Connection& connection) -> Result<std::vector<Xorb>> {
                             TRY_DONE(require_repo(connection, repo));
                             TRY_DONE(require_repo(connection, lease.repo));
                             return xorbs_of_repo(connection, repo, limit);
                           });
}

}  // namespace granary::meta::sqlite
