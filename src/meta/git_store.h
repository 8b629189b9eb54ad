// The port for git objects, refs and commits of repos.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "meta/types.h"

namespace granary::meta {

/// Everything one commit adds, applied whole or not at all.
struct CommitBatch {
  RepoId repo;
  std::string ref;                     // "refs/heads/main"
  std::optional<GitOid> expected;      // the ref's target now; none: the ref must not exist
  CommitInfo commit;
  std::vector<GitObject> objects;      // the commit itself, trees, blobs; known ones may repeat
  std::vector<RepoFile> files;         // first path of each LFS file named; granted before
  std::optional<RepoSummary> summary;  // set when the ref is main
};

struct RefUpdate {
  RepoId repo;
  std::string ref;
  std::optional<GitOid> expected;  // none: must not exist
  std::optional<GitOid> target;    // none: delete
  std::optional<GitObject> tag;    // of an annotated tag: its object, stored with the ref
};

/// Refs moved to rewritten commits, and files taken away, whole or not at all.
struct HistoryRewrite {
  RepoId repo;
  std::vector<CommitInfo> commits;  // parents before children; their objects were added before
  std::vector<RefUpdate> refs;
  std::vector<Sha256> revoked;         // grants that end
  std::optional<RepoSummary> summary;  // set if given: main has moved
};

/// Blocking, thread-safe; each function is one transaction, durable when a writing one returns.
class GitStore {
 public:
  virtual ~GitStore() = default;

  /// Errors: Stale if the ref is not at `expected`; Invalid if a file is not granted to the repo;
  /// RepoNotFound if the repo is gone.
  virtual Result<void> commit(const CommitBatch& batch) = 0;

  /// Adds objects that a later commit or rewrite names, so that a large one is never in memory
  /// whole. Idempotent; objects that nothing names in the end are the collector's business.
  virtual Result<void> add_objects(RepoId repo, std::span<const GitObject> objects) = 0;
  /// Errors: Stale if a ref is not at its `expected`; Invalid if an object of a commit is missing.
  virtual Result<void> rewrite(const HistoryRewrite& rewrite) = 0;

  /// Errors: NotFound.
  virtual Result<GitObject> read_object(RepoId repo, const GitOid& oid) = 0;
  /// In the order asked for. Errors: NotFound if any is missing or no blob.
  virtual Result<std::vector<BlobInfo>> read_blob_infos(RepoId repo,
                                                        std::span<const GitOid> oids) = 0;
  /// Errors: RevisionNotFound.
  virtual Result<CommitInfo> read_commit(RepoId repo, const GitOid& oid) = 0;
  /// `prefix`: 5 to 40 hex digits. Errors: RevisionNotFound, also when more than one commit fits.
  virtual Result<GitOid> find_commit(RepoId repo, std::string_view prefix) = 0;
  /// From `oid` along first parents, newest first, `skip` commits passed over.
  virtual Result<std::vector<CommitInfo>> list_commits(RepoId repo, const GitOid& oid,
                                                       std::uint64_t skip, std::size_t limit) = 0;

  /// Errors: RevisionNotFound.
  virtual Result<GitOid> find_ref(RepoId repo, std::string_view ref) = 0;
  virtual Result<std::vector<Ref>> list_refs(RepoId repo) = 0;  // by name
  /// Errors: Stale if the ref is not at `expected`; RevisionNotFound if the target is no commit
  /// of this repo.
  virtual Result<void> update_ref(const RefUpdate& update) = 0;
};

}  // namespace granary::meta
