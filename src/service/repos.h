// Repos: creating, moving, deleting, settings, copies, access requests and likes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/env.h"
#include "meta/meta_store.h"
#include "service/access.h"

namespace granary::service {

/// A small text that a repo starts with.
struct InitialFile {
  std::string path;
  Bytes content;
};

struct CreateRepo {
  meta::RepoName name;                         // an empty namespace: the caller's own
  std::optional<meta::Visibility> visibility;  // none: the usual one; of a copy: as its source
  std::string sdk;                             // required for a space
  std::string license;                         // written into the first README, if given
  std::vector<InitialFile> files;
};

enum class Liking : std::uint8_t { Like, Unlike };

/// Blocking, thread-safe. Rights and their errors are those of Access; changes that remove or
/// rename are written to the audit log.
class Repos {
 public:
  /// `usual`: the visibility of repos that are created without one.
  Repos(Env& env, Access& access, meta::MetaStore& facts,
        meta::Visibility usual = meta::Visibility::Public)
      : env_(env), access_(access), facts_(facts), usual_(usual) {}

  /// With one commit, "initial commit", on main. Errors: Invalid name or sdk; Conflict if the name
  /// is taken, leads to a moved repo, or was retired by a deletion.
  Result<meta::Repo> create(const Caller& caller, const CreateRepo& fresh);
  /// A copy of what main of `from` holds, in one commit; bytes are shared.
  /// Errors: as create; RepoNotFound or Gated for `from`.
  Result<meta::Repo> duplicate(const Caller& caller, const meta::RepoName& from,
                               const CreateRepo& fresh);
  /// Retires the name for ever. Errors: RepoNotFound, Denied.
  Result<void> remove(const Caller& caller, const meta::RepoName& name);
  /// The old name leads to the repo for ever. Errors: as create; RepoNotFound, Denied for `from`.
  Result<meta::Repo> move(const Caller& caller, const meta::RepoName& from,
                          const meta::RepoName& to);
  Result<meta::Repo> update_settings(const Caller& caller, const meta::RepoName& name,
                                     const meta::SettingsUpdate& update);
  /// Makes a retired name free again. For instance admins. Errors: NotFound, Denied.
  Result<void> free_name(const Caller& caller, const meta::RepoName& name);

  /// Asks for access to a gated repo; granted at once where gating is automatic. `fields_json`:
  /// what the person answered. Errors: Unauthenticated, Invalid if it is not gated, Conflict.
  Result<meta::AccessRequest> ask_access(const Caller& caller, const meta::RepoName& name,
                                         std::string fields_json);
  Result<std::vector<meta::AccessRequest>> list_access(const Caller& caller,
                                                       const meta::RepoName& name,
                                                       meta::AccessStatus status);

  struct AccessChange {
    std::string user;  // a name; or
    std::string request_id;  // a request's public id
    meta::AccessStatus status = meta::AccessStatus::Accepted;
  };
  /// Errors: NotFound without the user or a request; Conflict if it has that status already.
  Result<meta::AccessRequest> handle_access(const Caller& caller, const meta::RepoName& name,
                                            const AccessChange& change);
  /// Gives a user access who never asked. Errors: NotFound without the user; Conflict.
  Result<meta::AccessRequest> grant_access(const Caller& caller, const meta::RepoName& name,
                                           std::string_view user);

  /// Errors: Unauthenticated, Denied, RepoNotFound.
  Result<void> set_like(const Caller& caller, const meta::RepoName& name, Liking liking);
  Result<std::vector<meta::Namespace>> likers(const Caller& caller, const meta::RepoName& name);
  /// Of the repos that the caller may see. Errors: NotFound without the user.
  Result<std::vector<meta::Like>> likes_of(const Caller& caller, std::string_view user);

 private:
  Result<meta::Repo> explain_conflict(const meta::RepoName& name, Error error);
  meta::AuditEntry entry(const Caller& caller, std::string_view action,
                         const meta::RepoName& subject, std::string detail);
  Result<void> audit_access(const Caller& caller, const meta::Repo& repo,
                            const meta::AccessRequest& request);

  Env& env_;
  Access& access_;
  meta::MetaStore& facts_;
  meta::Visibility usual_;
};

}  // namespace granary::service
