// CommitDraft: a commit that is being sent, operation by operation, in bounded memory.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "git/attributes.h"
#include "git/tree_edit.h"
#include "meta/git_store.h"
#include "service/publish.h"
#include "service/revisions.h"

namespace granary::service {

/// Used by one thread at a time. Dropped before finish, it changes nothing that anyone sees.
class CommitDraft {
 public:
  /// `start`: a branch as it is now; `attributes`: the text of its .gitattributes.
  CommitDraft(Publisher& publisher, Caller caller, meta::Repo repo, Revision start,
              const std::string& attributes);

  /// Errors: Invalid (a path, a file that must be LFS), EntryNotFound (a copy's source), TooLarge
  /// over kCommitOperationCountMax operations or kCommitInlineSizeBytesMax inline bytes, NoSpace.
  Result<void> add(CommitOperation operation);

  /// Makes the commit, on the newest head unless the message names a parent. Call once.
  /// Errors: Stale if the named parent is not the head; EntryNotFound if a deleted path is not
  /// there; Invalid for an LFS file that may not be taken, paths that collide, or nothing to do.
  Result<Published> finish(const CommitMessage& message);

 private:
  struct LfsFile {
    Sha256 sha256;
    std::optional<std::uint64_t> size_bytes;  // known once claimed
  };
  /// What is made anew when the head has moved.
  struct Attempt {
    meta::CommitInfo head;
    GitOid root;
    std::vector<meta::GitObject> objects;
  };

  Result<void> add_one(AddFile& file);
  Result<void> add_one(AddLfsFile& file);
  Result<void> add_one(DeletePath& deleted);
  Result<void> add_one(CopyFile& copy);
  void put(std::string path, const GitOid& oid);
  Result<void> keep(meta::GitObject object);

  Result<void> check_lfs_like_files() const;
  Result<void> claim_lfs_files();
  Result<void> claim_some(const std::vector<std::size_t>& indexes);
  Result<Published> try_finish(const CommitMessage& message, const GitOid& head_oid);
  Result<void> edit(Attempt& attempt);
  Result<std::optional<meta::GitObject>> updated_attributes(const GitOid& tree);
  Result<GitOid> store(const CommitMessage& message, Attempt attempt);

  Publisher& publisher_;
  const Caller caller_;
  const meta::Repo repo_;
  const Revision start_;
  const git::Attributes attributes_at_start_;

  std::vector<git::TreeChange> changes_;  // in order; LFS files get their oid at the end
  std::map<std::size_t, LfsFile> lfs_files_;  // by the index of their change
  std::vector<std::string> lfs_like_files_;  // inline, though rules at the start say LFS
  std::optional<std::string> own_attributes_;  // .gitattributes as the commit sets it
  std::vector<meta::GitObject> pending_;  // not stored yet
  std::size_t pending_size_bytes_ = 0;
  std::uint64_t inline_size_bytes_ = 0;
};

}  // namespace granary::service
