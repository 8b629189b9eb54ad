// Publish: how files get into a repo: what a client should send and how, and commits made of it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/env.h"
#include "meta/meta_store.h"
#include "service/access.h"

namespace granary::store {
class Store;
}

namespace granary::service {

class CommitDraft;
class Trees;

/// A file that a client is about to send.
struct OfferedFile {
  std::string path;
  std::uint64_t size_bytes = 0;
  Bytes sample;  // its first bytes, up to 512
};

struct Offer {
  std::vector<OfferedFile> files;
  // Texts to go by instead of the files at the revision.
  std::optional<std::string> gitignore;
  std::optional<std::string> gitattributes;
};

struct OfferAnswer {
  bool is_lfs = false;
  bool is_ignored = false;  // by .gitignore: the client leaves it out
  std::string
      present_oid;  // of what lies at the path: SHA-256 (LFS) or git blob id; empty: nothing
};

// What a commit does, in order; on one path the later one counts.

struct AddFile {
  std::string path;
  Bytes content;
};
/// A file whose bytes this repo holds, or another that the caller may read.
struct AddLfsFile {
  std::string path;
  Sha256 sha256;
  std::optional<std::uint64_t> size_bytes;  // if known; checked
};
/// A file, or a folder with all in it.
struct DeletePath {
  std::string path;
};
struct CopyFile {
  std::string path;
  std::string source_path;
  std::string source_revision;  // empty: the branch that is committed to, as it was at the start
};
using CommitOperation = std::variant<AddFile, AddLfsFile, DeletePath, CopyFile>;

struct CommitMessage {
  std::string summary;
  std::string description;
  /// 5 to 40 hex digits: the commit must be made on this one. Empty: on the newest.
  std::string parent;
};

struct Published {
  meta::Repo repo;
  GitOid commit;
  bool is_new = false;  // false: the files were so already, and this is the head
};

/// One commit of a repo at a time in this process. Striped: repos may share a lock, never two.
class RepoLocks {
 public:
  std::mutex& of(meta::RepoId repo);

 private:
  std::array<std::mutex, 64> mutexes_;
};

/// Blocking, thread-safe.
class Publisher {
 public:
  /// The parts are borrowed and outlive this.
  Publisher(Env& env, Access& access, meta::MetaStore& facts, store::Store& store, Trees& trees);

  /// One answer for each file, in order.
  /// Errors: RepoNotFound, Denied, RevisionNotFound; TooLarge over kPreuploadFileCountMax files.
  Result<std::vector<OfferAnswer>> consider(const Caller& caller, const meta::RepoName& name,
                                            std::string_view revision, const Offer& offer);

  /// Starts a commit on a branch. Errors: RepoNotFound, Denied, RevisionNotFound (also for what is
  /// no branch).
  Result<std::unique_ptr<CommitDraft>> start(const Caller& caller, const meta::RepoName& name,
                                             std::string_view branch);

 private:
  friend class CommitDraft;

  Env& env_;
  Access& access_;
  meta::MetaStore& facts_;
  store::Store& store_;
  Trees& trees_;
  RepoLocks locks_;
};

/// The rules for paths in a repo. Errors: Invalid, with the reason.
Result<void> check_path(std::string_view path);

}  // namespace granary::service
