// Accounts: users, organisations, members and tokens, and the rules for their names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/env.h"
#include "meta/meta_store.h"
#include "service/access.h"

namespace granary::service {

struct CreateNamespace {
  std::string name;
  std::string full_name;        // empty: the name
  std::string email;            // users only; empty: none
  bool instance_admin = false;  // users only
  std::string owner;            // organisations only: the user who becomes its first admin
};

struct CreatedNamespace {
  meta::Namespace space;
  /// Namespaces whose names could be taken for this one: worth a warning.
  std::vector<std::string> near_names;
};

struct CreateToken {
  std::string user;
  std::string name;  // empty: "token-1", "token-2", …
  meta::TokenRole role = meta::TokenRole::Read;
  std::optional<WallTime> expires;
};

struct CreatedToken {
  meta::Token token;
  std::string secret;  // shown once, never stored
};

struct NamespaceOverview {
  meta::Namespace space;
  std::vector<meta::Membership> memberships;  // of a user
  std::size_t member_count = 0;               // of an organisation
  std::size_t model_count = 0;                // that the caller may see, up to 1000
  std::size_t dataset_count = 0;
  std::size_t space_count = 0;
  std::size_t like_count = 0;
};

/// Blocking, thread-safe. Changes are written to the audit log. Errors of all that change
/// something: Denied if the caller may not.
class Accounts {
 public:
  Accounts(Env& env, meta::MetaStore& facts) : env_(env), facts_(facts) {}

  /// For instance admins. Errors: Invalid name; Conflict if it is taken or reserved.
  Result<CreatedNamespace> create_user(const Caller& caller, const CreateNamespace& fresh);
  Result<CreatedNamespace> create_organization(const Caller& caller, const CreateNamespace& fresh);
  /// The first user, "admin", if there is no user yet, with a token: `secret` if it is not empty.
  /// Gives the token, if this made one. Errors: Invalid for a secret that no header can carry.
  Result<std::optional<CreatedToken>> create_first_admin(std::string_view secret);

  /// For the user itself and instance admins; a token is never stronger than the caller's own.
  /// Errors: NotFound without the user; Conflict for a name in use.
  Result<CreatedToken> add_token(const Caller& caller, const CreateToken& fresh);
  Result<std::vector<meta::Token>> list_tokens(const Caller& caller, std::string_view user);
  Result<void> revoke_token(const Caller& caller, std::string_view user, std::string_view token);

  struct MemberChange {
    std::string organization;
    std::string user;
    meta::OrgRole role = meta::OrgRole::Read;
  };
  /// For the organisation's admins. Errors: NotFound; Conflict for its last admin.
  Result<void> set_member(const Caller& caller, const MemberChange& change);
  Result<void> remove_member(const Caller& caller, std::string_view organization,
                             std::string_view user);

  // Open to everyone, as names and members are public. Errors: NotFound.
  Result<NamespaceOverview> overview(const Caller& caller, std::string_view name);
  Result<std::vector<meta::Namespace>> members(std::string_view organization);
  Result<meta::Namespace> find(std::string_view name);
  Result<std::vector<meta::Namespace>> list(meta::NamespaceKind kind);

 private:
  Result<CreatedNamespace> create(const Caller& caller, meta::NewNamespace fresh);
  Result<void> audit(const Caller& caller, std::string_view action, std::string_view subject,
                     std::string_view detail);

  Env& env_;
  meta::MetaStore& facts_;
};

}  // namespace granary::service
