// New commits: who they are by, and the object and facts that one consists of.
#pragma once

#include <optional>
#include <string>

#include "base/env.h"
#include "git/commit.h"
#include "meta/types.h"
#include "service/access.h"

namespace granary::service {

/// The caller as git shows people: the user's name and an address that gives no e-mail away.
git::Signature signature_of(const Caller& caller, WallTime now);

struct NewCommit {
  GitOid tree;
  std::optional<meta::CommitInfo> parent;
  std::string message;
};

struct MadeCommit {
  meta::GitObject object;
  meta::CommitInfo info;
};

/// A commit by the caller, now. Its time is kept to the second, as git does.
MadeCommit make_commit(const Caller& caller, WallTime now, const NewCommit& fresh);

/// A git object with its id.
meta::GitObject make_object(meta::GitKind kind, Bytes data);
/// The blob of an LFS file's pointer.
meta::GitObject make_pointer(const meta::LfsTarget& target);

}  // namespace granary::service
