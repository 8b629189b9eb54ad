// Which xorbs a repo may be told of, and the leases that come with telling.
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

/// The files in scope that need a xorb, at most `limit`; some perhaps more than once. With Instance
/// every file that a repo holds is in scope.
Result<Query> files_within(Connection& connection, XorbId xorb, const Circle& circle,
                           std::size_t limit) {
  const Viewer& viewer = circle.scope.viewer;
  return connection.query(
      "SELECT n.sha256 FROM file_xorbs n CROSS JOIN repo_files g ON g.sha256 = n.sha256"
      " CROSS JOIN repos r ON r.id = g.repo_id"
      " WHERE n.xorb_id = ? AND (? OR r.id = ? OR r.id IN (SELECT value FROM json_each(?))"
      " OR (? AND (r.owner_id = ? OR (r.gating = ? AND (? OR r.visibility = ?"
      " OR r.owner_id IN (SELECT value FROM json_each(?))))))) LIMIT ?",
      xorb, circle.scope.reach == DedupeScope::Instance, circle.scope.repo, circle.sources,
      circle.wide, circle.owner, Gating::None, viewer.sees_all, Visibility::Public,
      circle.viewer_namespaces, limit);
}

Result<bool> is_needed_within(Connection& connection, XorbId xorb, const Circle& circle) {
  TRY(auto query, files_within(connection, xorb, circle, 1));
  return query.step();
}

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

Result<std::optional<Xorb>> first_in_scope(Connection& connection, const ChunkHash& hook,
                                           const Circle& circle) {
  TRY(auto query, connection.query("SELECT " GRANARY_XORB_COLUMNS " FROM hooks h"
                                   " JOIN xorbs x ON x.id = h.xorb_id"
                                   " WHERE h.chunk = ? AND x.state = 0 ORDER BY h.xorb_id LIMIT ?",
                                   hook_key(hook), limits::kHookXorbsTriedMax));
  while (true) {
    TRY(const bool more, query.step());
    if (!more) return std::optional<Xorb>();
    Xorb xorb;
    TRY_DONE(read_xorb_row(query, xorb));
    TRY(const bool allowed, is_in_scope(connection, xorb.id, circle));
    if (allowed) return std::optional<Xorb>(xorb);
  }
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
          TRY(auto xorb, find_live(connection, hash));
          if (xorb) {
            TRY(const bool allowed, is_in_scope(connection, xorb->id, circle));
            if (!allowed) xorb.reset();
          }
          found.push_back(std::move(xorb));
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
                             std::vector<Xorb> found;
                             std::set<XorbId> seen;
                             for (const ChunkHash& hook : hooks) {
                               TRY(const auto xorb, first_in_scope(connection, hook, circle));
                               if (xorb && seen.insert(xorb->id).second) found.push_back(*xorb);
                             }
                             return found;
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
