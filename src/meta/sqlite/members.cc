// AccountStore on SQLite: who belongs to which organisation.
#include <utility>

#include "meta/sqlite/accounts.h"
#include "meta/sqlite/identity.h"

namespace granary::meta::sqlite {
namespace {

// An organisation without an admin could never be changed again.
Result<void> check_not_last_admin(Connection& connection, NamespaceId organization,
                                  NamespaceId user) {
  TRY(const bool admin,
      connection.any("SELECT 1 FROM members WHERE organization_id = ? AND user_id = ? AND role = ?",
                     organization, user, OrgRole::Admin));
  TRY(const bool another, connection.any("SELECT 1 FROM members WHERE organization_id = ?"
                                         " AND user_id <> ? AND role = ?",
                                         organization, user, OrgRole::Admin));
  if (admin && !another) return fail(ErrorKind::Conflict, "an organization keeps one admin");
  return {};
}

Result<std::vector<Membership>> collect_members(Query query) {
  return collect<Membership>(std::move(query), [](Query& row, Membership& out) {
    return row.read(out.organization, out.organization_name, out.user, out.user_name, out.role);
  });
}

constexpr std::string_view kSelect =
    "SELECT o.id, o.name, u.id, u.name, m.role FROM members m"
    " JOIN namespaces o ON o.id = m.organization_id JOIN namespaces u ON u.id = m.user_id";

}  // namespace

Result<void> SqliteAccounts::set_member(NamespaceId organization, NamespaceId user, OrgRole role) {
  return database_.write([&](Transaction& transaction) -> Result<void> {
    Connection& connection = transaction.connection;
    TRY_DONE(read_namespace_of(connection, organization, NamespaceKind::Organization));
    TRY_DONE(read_namespace_of(connection, user, NamespaceKind::User));
    if (role != OrgRole::Admin) TRY_DONE(check_not_last_admin(connection, organization, user));
    TRY_DONE(
        connection.run("INSERT INTO members (organization_id, user_id, role) VALUES (?, ?, ?)"
                       " ON CONFLICT (organization_id, user_id)"
                       " DO UPDATE SET role = excluded.role",
                       organization, user, role));
    transaction.changes.access = true;
    return {};
  });
}

Result<void> SqliteAccounts::remove_member(NamespaceId organization, NamespaceId user) {
  return database_.write([&](Transaction& transaction) -> Result<void> {
    Connection& connection = transaction.connection;
    TRY_DONE(check_not_last_admin(connection, organization, user));
    TRY(const auto count,
        connection.run("DELETE FROM members WHERE organization_id = ? AND user_id = ?",
                       organization, user));
    if (count == 0) return fail(ErrorKind::NotFound, "no such member");
    transaction.changes.access = true;
    return {};
  });
}

Result<std::vector<Membership>> SqliteAccounts::memberships_of(NamespaceId user) {
  return database_.read([&](Connection& connection) -> Result<std::vector<Membership>> {
    TRY(auto query,
        connection.query(std::string(kSelect) + " WHERE m.user_id = ? ORDER BY o.folded", user));
    return collect_members(std::move(query));
  });
}

Result<std::vector<Membership>> SqliteAccounts::members_of(NamespaceId organization) {
  return database_.read([&](Connection& connection) -> Result<std::vector<Membership>> {
    TRY(auto query,
        connection.query(std::string(kSelect) + " WHERE m.organization_id = ? ORDER BY u.folded",
                         organization));
    return collect_members(std::move(query));
  });
}

}  // namespace granary::meta::sqlite
