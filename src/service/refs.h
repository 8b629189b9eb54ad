// Refs: making and deleting branches and tags, and squashing a branch's history.
#pragma once

#include <string>
#include <string_view>

#include "base/env.h"
#include "meta/meta_store.h"
#include "service/access.h"

namespace granary::service {

struct NewBranch {
  std::string name;
  std::string starting_point;  // a revision; empty: the head of main
  bool is_empty = false;       // starts with a commit that holds no files
  bool overwrite = false;      // moves the branch if there is one
};

struct NewTag {
  std::string revision;
  std::string name;
  std::string message;  // empty: a lightweight tag
};

/// Blocking, thread-safe. Errors of all: RepoNotFound, Denied.
/// Source: what the big hub answers, as its clients' tests assert it.
class Refs {
 public:
  /// The parts are borrowed and outlive this.
  Refs(Env& env, Access& access, meta::MetaStore& facts)
      : env_(env), access_(access), facts_(facts) {}

  /// Errors: Conflict if it exists, or is a folder of another's name; RevisionNotFound for the
  /// starting point; Invalid name.
  Result<void> create_branch(const Caller& caller, const meta::RepoName& name,
                             const NewBranch& fresh);
  /// Errors: Invalid for main; RevisionNotFound.
  Result<void> delete_branch(const Caller& caller, const meta::RepoName& name,
                             std::string_view branch);
  /// Errors: RevisionNotFound for the revision, which is looked at first; Conflict; Invalid name.
  Result<void> create_tag(const Caller& caller, const meta::RepoName& name, const NewTag& fresh);
  /// Errors: RevisionNotFound.
  Result<void> delete_tag(const Caller& caller, const meta::RepoName& name, std::string_view tag);
  /// Gives the branch one parentless commit with the same files, and returns that. Other refs stay.
  /// Errors: RevisionNotFound, also for what is no branch.
  Result<GitOid> squash(const Caller& caller, const meta::RepoName& name, std::string_view branch,
                        const std::string& message);

 private:
  Result<void> check_room(meta::RepoId repo, std::string_view ref);

  Env& env_;
  Access& access_;
  meta::MetaStore& facts_;
};

/// The rules for the name of a branch or tag, git's and our own: it cannot be taken for a commit
/// hash, HEAD, or a ref of another kind. Errors: Invalid.
Result<void> check_ref_name(std::string_view name);

}  // namespace granary::service
