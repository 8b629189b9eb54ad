// Access: who is calling, and what may they see and do.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/env.h"
#include "meta/meta_store.h"

namespace granary::service {

/// Whoever made a request. Without a user: a stranger, who sees public repos only.
struct Caller {
  std::optional<meta::Namespace> user;
  std::optional<meta::Token> token;
  std::vector<meta::Membership> memberships;

  bool is_stranger() const { return !user.has_value(); }
  /// An instance admin with an admin token: may do everything everywhere.
  bool is_instance_admin() const;
  bool may_write() const;  // the token's role allows writing at all
  /// The role in a namespace: Admin in one's own, the membership's in an organisation, none
  /// elsewhere.
  std::optional<meta::OrgRole> role_in(meta::NamespaceId space) const;
  meta::Viewer viewer() const;
  std::string_view actor_name() const;  // for the audit log
};

/// A repo that the caller may see.
struct VisibleRepo {
  meta::Repo repo;
  bool by_old_name = false;  // asked for by a name it had before a move
};

/// The order of checks is the same everywhere: visible? gated? right? A repo that the caller may
/// not see does not exist, in every respect. Blocking unless named `…_now`; thread-safe.
class Access {
 public:
  Access(Clock& clock, meta::MetaStore& facts);
  ~Access();

  /// `secret`: a token's text; empty: a stranger. Errors: Unauthenticated.
  Result<Caller> identify(std::string_view secret);
  /// The same if it is known already and still true; else null. Never blocks.
  std::shared_ptr<const Caller> identify_now(std::string_view secret);
  /// Writes when tokens were last used, which identify keeps for a minute. For an orderly stop.
  Result<void> flush_token_uses();

  /// Errors: RepoNotFound.
  Result<VisibleRepo> find(const Caller& caller, const meta::RepoName& name);
  /// To read files. Errors: RepoNotFound, Gated.
  Result<VisibleRepo> find_for_content(const Caller& caller, const meta::RepoName& name);
  /// To change content. Errors: RepoNotFound, Denied.
  Result<VisibleRepo> find_for_write(const Caller& caller, const meta::RepoName& name);
  /// To delete, move, change settings, answer access requests. Errors: RepoNotFound, Denied.
  Result<VisibleRepo> find_for_admin(const Caller& caller, const meta::RepoName& name);
  /// The namespace where the caller may create repos; empty `space`: the caller's own.
  /// Errors: Unauthenticated for a stranger, Denied (also when there is no such namespace).
  Result<meta::Namespace> find_for_create(const Caller& caller, std::string_view space);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Public repos are seen by everyone, private ones by the members of their namespace.
bool may_see(const Caller& caller, const meta::Repo& repo);

/// Whoever runs commands on the machine itself: may do everything.
Caller local_operator();

/// SHA-256 of a token's text: what is stored of it.
Sha256 hash_secret(std::string_view secret);
/// A new token's text: "hf_" and 40 alphanumerics (238 bits), as clients and scanners expect.
std::string make_secret(Random& random);

}  // namespace granary::service
