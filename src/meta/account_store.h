// The port for namespaces, tokens, organisation members, the instance's settings and the audit log.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "meta/types.h"

namespace granary::meta {

struct NewNamespace {
  NamespaceKind kind = NamespaceKind::User;
  std::string name;
  std::string full_name;
  std::string email;
  bool instance_admin = false;
  std::optional<NamespaceId> owner;  // of an organisation: its first admin member
};

struct NewToken {
  NamespaceId user;
  std::string name;  // unique for the user
  TokenRole role = TokenRole::Read;
  Sha256 secret_sha256;  // the secret itself is never stored
  std::optional<WallTime> expires;
};

struct TokenOwner {
  Token token;
  Namespace user;
};

/// Blocking, thread-safe; each function is one transaction, durable when a writing one returns.
class AccountStore {
 public:
  virtual ~AccountStore() = default;

  /// Errors: Conflict if the name, in any case, is or ever was taken.
  virtual Result<Namespace> create_namespace(const NewNamespace& fresh) = 0;
  /// Errors (both): NotFound.
  virtual Result<Namespace> find_namespace(std::string_view name) = 0;
  virtual Result<Namespace> read_namespace(NamespaceId id) = 0;
  /// By name, ascending; at most `limit`, after `after_name`.
  virtual Result<std::vector<Namespace>> list_namespaces(NamespaceKind kind,
                                                         std::string_view after_name,
                                                         std::size_t limit) = 0;

  /// Errors: Conflict if the user has a token of that name; NotFound without the user.
  virtual Result<Token> add_token(const NewToken& fresh) = 0;
  /// Errors: NotFound. Expired tokens are found too; the caller judges.
  virtual Result<TokenOwner> find_token(const Sha256& secret_sha256) = 0;
  virtual Result<std::vector<Token>> list_tokens(NamespaceId user) = 0;
  /// Errors: NotFound.
  virtual Result<void> revoke_token(NamespaceId user, std::string_view token_name) = 0;
  /// Records use; batched by the caller, and not a change that caches need to know of.
  virtual Result<void> touch_token(TokenId id, WallTime used) = 0;

  virtual Result<void> set_member(NamespaceId organization, NamespaceId user, OrgRole role) = 0;
  /// Errors: NotFound; Conflict for the last admin.
  virtual Result<void> remove_member(NamespaceId organization, NamespaceId user) = 0;
  virtual Result<std::vector<Membership>> memberships_of(NamespaceId user) = 0;
  virtual Result<std::vector<Membership>> members_of(NamespaceId organization) = 0;

  /// A named value of the instance (the URL-signing key, for one). First write wins: gives the
  /// value stored before, or `value` if there was none.
  virtual Result<Bytes> setting_or_set(std::string_view key, ByteView value) = 0;

  virtual Result<void> append_audit(const AuditEntry& entry) = 0;
  virtual Result<std::vector<AuditEntry>> latest_audit(std::size_t limit) = 0;
};

}  // namespace granary::meta
