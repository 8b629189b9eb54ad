// AccountStore on SQLite: namespaces, tokens, settings, audit. Members are in members.cc.
#include "meta/sqlite/accounts.h"

#include <utility>

#include "meta/names.h"
#include "meta/sqlite/identity.h"

namespace granary::meta::sqlite {
namespace {

constexpr const char* kNoToken = "no such token";

Result<void> check_free(Connection& connection, std::string_view name) {
  TRY(const bool taken, connection.any("SELECT 1 FROM namespaces WHERE folded = ?", folded(name)));
  if (taken) return fail(ErrorKind::Conflict, "the name " + std::string(name) + " is taken");
  return {};
}

Result<void> read_token_row(Query& query, Token& out) {
  return query.read(out.id, out.user, out.name, out.role, out.created, out.expires, out.last_used);
}

}  // namespace

Result<Namespace> SqliteAccounts::create_namespace(const NewNamespace& fresh) {
  if (fresh.name.empty()) return fail(ErrorKind::Invalid, "a namespace needs a name");
  if (fresh.owner && fresh.kind == NamespaceKind::User) {
    return fail(ErrorKind::Invalid, "a user has no owner");
  }
  Namespace made{.id = {},
                 .public_id = make_public_id(database_.env().random),
                 .kind = fresh.kind,
                 .name = fresh.name,
                 .full_name = fresh.full_name,
                 .email = fresh.email,
                 .instance_admin = fresh.instance_admin,
                 .created = database_.env().clock.wall_now()};
  return database_.write([&](Transaction& transaction) -> Result<Namespace> {
    Connection& connection = transaction.connection;
    TRY_DONE(check_free(connection, fresh.name));
    if (fresh.owner) {
      TRY_DONE(read_namespace_of(connection, *fresh.owner, NamespaceKind::User));
    }
    TRY(auto query,
        connection.query("INSERT INTO namespaces (public_id, kind, name, folded, full_name, email,"
                         " instance_admin, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                         " RETURNING id",
                         made.public_id, made.kind, made.name, folded(made.name), made.full_name,
                         made.email, made.instance_admin, made.created));
    TRY_DONE(query.step_to_row(ErrorKind::Internal, "no id for a namespace"));
    TRY_DONE(query.read(made.id));
    if (fresh.owner) {
      TRY_DONE(
          connection.run("INSERT INTO members (organization_id, user_id, role)"
                         " VALUES (?, ?, ?)",
                         made.id, *fresh.owner, OrgRole::Admin));
    }
    transaction.changes.access = true;
    return made;
  });
}

Result<Namespace> SqliteAccounts::find_namespace(std::string_view name) {
  return database_.read([&](Connection& connection) -> Result<Namespace> {
    TRY(auto query, connection.query("SELECT " GRANARY_NAMESPACE_COLUMNS
                                     " FROM namespaces n WHERE n.folded = ?",
                                     folded(name)));
    TRY_DONE(query.step_to_row(ErrorKind::NotFound, "no user or organization of that name"));
    Namespace found;
    TRY_DONE(read_namespace_row(query, found));
    return found;
  });
}

Result<Namespace> SqliteAccounts::read_namespace(NamespaceId id) {
  return database_.read([&](Connection& connection) -> Result<Namespace> {
    TRY(auto query,
        connection.query("SELECT " GRANARY_NAMESPACE_COLUMNS " FROM namespaces n WHERE n.id = ?",
                         id));
    TRY_DONE(query.step_to_row(ErrorKind::NotFound, "no such user or organization"));
    Namespace found;
    TRY_DONE(read_namespace_row(query, found));
    return found;
  });
}

Result<std::vector<Namespace>> SqliteAccounts::list_namespaces(NamespaceKind kind,
                                                               std::string_view after_name,
                                                               std::size_t limit) {
  return database_.read([&](Connection& connection) -> Result<std::vector<Namespace>> {
    TRY(auto query, connection.query("SELECT " GRANARY_NAMESPACE_COLUMNS
                                     " FROM namespaces n WHERE n.kind = ? AND n.folded > ?"
                                     " ORDER BY n.folded LIMIT ?",
                                     kind, folded(after_name), limit));
    return collect<Namespace>(std::move(query), read_namespace_row);
  });
}

Result<Token> SqliteAccounts::add_token(const NewToken& fresh) {
  Token made{.id = {},
             .user = fresh.user,
             .name = fresh.name,
             .role = fresh.role,
             .created = database_.env().clock.wall_now(),
             .expires = fresh.expires,
             .last_used = {}};
  return database_.write([&](Transaction& transaction) -> Result<Token> {
    Connection& connection = transaction.connection;
    TRY_DONE(read_namespace_of(connection, fresh.user, NamespaceKind::User));
    TRY(const bool taken, connection.any("SELECT 1 FROM tokens WHERE user_id = ? AND name = ?",
                                         fresh.user, fresh.name));
    if (taken) return fail(ErrorKind::Conflict, "there is a token named " + fresh.name);
    TRY(auto query, connection.query("INSERT INTO tokens (user_id, name, role, secret_sha256,"
                                     " created_ms, expires_ms) VALUES (?, ?, ?, ?, ?, ?)"
                                     " RETURNING id",
                                     fresh.user, fresh.name, fresh.role, fresh.secret_sha256,
                                     made.created, fresh.expires));
    TRY_DONE(query.step_to_row(ErrorKind::Internal, "no id for a token"));
    TRY_DONE(query.read(made.id));
    transaction.changes.access = true;
    return made;
  });
}

Result<TokenOwner> SqliteAccounts::find_token(const Sha256& secret_sha256) {
  return database_.read([&](Connection& connection) -> Result<TokenOwner> {
    TRY(auto query,
        connection.query("SELECT t.id, t.user_id, t.name, t.role, t.created_ms, t.expires_ms,"
                         " t.last_used_ms, " GRANARY_NAMESPACE_COLUMNS
                         " FROM tokens t JOIN namespaces n ON n.id = t.user_id"
                         " WHERE t.secret_sha256 = ?",
                         secret_sha256));
    TRY_DONE(query.step_to_row(ErrorKind::NotFound, kNoToken));
    TokenOwner found;
    Token& token = found.token;
    Namespace& user = found.user;
    TRY_DONE(query.read(token.id, token.user, token.name, token.role, token.created, token.expires,
                        token.last_used, user.id, user.public_id, user.kind, user.name,
                        user.full_name, user.email, user.instance_admin, user.created));
    return found;
  });
}

Result<std::vector<Token>> SqliteAccounts::list_tokens(NamespaceId user) {
  return database_.read([&](Connection& connection) -> Result<std::vector<Token>> {
    TRY(auto query, connection.query("SELECT id, user_id, name, role, created_ms, expires_ms,"
                                     " last_used_ms FROM tokens WHERE user_id = ? ORDER BY name",
                                     user));
    return collect<Token>(std::move(query), read_token_row);
  });
}

Result<void> SqliteAccounts::revoke_token(NamespaceId user, std::string_view token_name) {
  return database_.write([&](Transaction& transaction) -> Result<void> {
    TRY(const auto count,
        transaction.connection.run("DELETE FROM tokens WHERE user_id = ? AND name = ?", user,
                                   token_name));
    if (count == 0) return fail(ErrorKind::NotFound, kNoToken);
    transaction.changes.access = true;
    return {};
  });
}

Result<void> SqliteAccounts::touch_token(TokenId id, WallTime used) {
  return database_.write([&](Transaction& transaction) -> Result<void> {
    TRY_DONE(
        transaction.connection.run("UPDATE tokens SET last_used_ms = ? WHERE id = ?"
                                   " AND (last_used_ms IS NULL OR last_used_ms < ?)",
                                   used, id, used));
    return {};
  });
}

Result<Bytes> SqliteAccounts::setting_or_set(std::string_view key, ByteView value) {
  const auto find = [&](Connection& connection) -> Result<Bytes> {
    TRY(auto query, connection.query("SELECT value FROM settings WHERE key = ?", key));
    TRY_DONE(query.step_to_row(ErrorKind::NotFound, "no such setting"));
    Bytes found;
    TRY_DONE(query.read(found));
    return found;
  };
  auto known = database_.read(find);
  if (known || known.error().kind != ErrorKind::NotFound) return known;
  return database_.write([&](Transaction& transaction) -> Result<Bytes> {
    TRY_DONE(transaction.connection.run(
        "INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING", key, value));
    return find(transaction.connection);
  });
}

Result<void> SqliteAccounts::append_audit(const AuditEntry& entry) {
  return database_.write([&](Transaction& transaction) -> Result<void> {
    return insert_audit(transaction.connection, entry);
  });
}

Result<std::vector<AuditEntry>> SqliteAccounts::latest_audit(std::size_t limit) {
  return database_.read([&](Connection& connection) -> Result<std::vector<AuditEntry>> {
    TRY(auto query, connection.query("SELECT time_ms, actor, action, subject, detail FROM audit"
                                     " ORDER BY id DESC LIMIT ?",
                                     limit));
    return collect<AuditEntry>(std::move(query), [](Query& row, AuditEntry& out) {
      return row.read(out.time, out.actor, out.action, out.subject, out.detail);
    });
  });
}

Result<void> insert_audit(Connection& connection, const AuditEntry& entry) {
  TRY_DONE(
      connection.run("INSERT INTO audit (time_ms, actor, action, subject, detail)"
                     " VALUES (?, ?, ?, ?, ?)",
                     entry.time, entry.actor, entry.action, entry.subject, entry.detail));
  return {};
}

}  // namespace granary::meta::sqlite
