// AccountStore on SQLite.
#pragma once

#include "meta/account_store.h"
#include "meta/sqlite/database.h"

namespace granary::meta::sqlite {

class SqliteAccounts final : public AccountStore {
 public:
  explicit SqliteAccounts(Database& database) : database_(database) {}

  Result<Namespace> create_namespace(const NewNamespace& fresh) override;
  Result<Namespace> find_namespace(std::string_view name) override;
  Result<Namespace> read_namespace(NamespaceId id) override;
  Result<std::vector<Namespace>> list_namespaces(NamespaceKind kind, std::string_view after_name,
                                                 std::size_t limit) override;

  Result<Token> add_token(const NewToken& fresh) override;
  Result<TokenOwner> find_token(const Sha256& secret_sha256) override;
  Result<std::vector<Token>> list_tokens(NamespaceId user) override;
  Result<void> revoke_token(NamespaceId user, std::string_view token_name) override;
  Result<void> touch_token(TokenId id, WallTime used) override;

  Result<void> set_member(NamespaceId organization, NamespaceId user, OrgRole role) override;
  Result<void> remove_member(NamespaceId organization, NamespaceId user) override;
  Result<std::vector<Membership>> memberships_of(NamespaceId user) override;
  Result<std::vector<Membership>> members_of(NamespaceId organization) override;

  Result<Bytes> setting_or_set(std::string_view key, ByteView value) override;

  Result<void> append_audit(const AuditEntry& entry) override;
  Result<std::vector<AuditEntry>> latest_audit(std::size_t limit) override;

 private:
  Database& database_;
};

/// Writes a line of the audit log as part of the transaction that it is about.
Result<void> insert_audit(Connection& connection, const AuditEntry& entry);

}  // namespace granary::meta::sqlite
