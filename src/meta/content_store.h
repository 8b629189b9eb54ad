// The port for bytes' facts: xorbs, recipes, hooks, leases, and which repo holds which file.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "meta/types.h"

namespace granary::meta {

/// A chunk by which later uploads find its xorb: hash mod 1024 = 0, or the first chunk of a file.
struct Hook {
  ChunkHash chunk;
  XorbId xorb;  // as in NewContent's terms
};

/// Facts of bytes that are already durable. Terms and hooks name the new xorb at index i as
/// XorbId{-1 - i}, and known ones by their id.
struct NewContent {
  std::vector<Xorb> xorbs;  // `id` is ignored; a live xorb of the same hash is taken instead
  std::vector<Hook> hooks;
  // A file known already keeps its first recipe; its Xet hash becomes one more name of it.
  std::optional<StoredFile> file;
  std::optional<RepoFile> grant;   // and who may read it
  std::optional<XorbLease> lease;  // of each xorb named above
};

/// Files wanted for a repo by someone who may write to it, without sending their bytes.
struct FileClaim {
  RepoId repo;
  std::vector<Sha256> files;
  Viewer viewer;                 // other repos that may give a file: those seen, unless gated
  std::optional<RepoId> source;  // and this one, whose content the caller may read
  std::string holder;            // of the leases
  WallTime expires;
};

/// Blocking, thread-safe; each function is one transaction, durable when a writing one returns.
class ContentStore {
 public:
  virtual ~ContentStore() = default;

  /// Records xorbs, hooks, a file, a grant and leases together. Idempotent. Errors: Conflict if a
  /// term names a xorb that is not live (the caller takes the bytes in again); RepoNotFound.
  virtual Result<void> record(const NewContent& content) = 0;
  /// The same for many in one transaction: all or, with the first one's error, none.
  virtual Result<void> record_all(std::span<const NewContent> contents) = 0;
  /// The generation that a new object of this hash must carry: that of the live xorb if there is
  /// one, else one more than any condemned or deleting one, else 0.
  virtual Result<std::uint32_t> next_generation(const XorbHash& hash) = 0;

  /// Errors: NotFound.
  virtual Result<StoredFile> find_file(const Sha256& sha256) = 0;
  /// By any Xet hash that it was recorded with. Errors: NotFound.
  virtual Result<StoredFile> find_file_by_hash(const FileHash& hash) = 0;
  /// The same, of files that the repo holds; of every other hash nothing is said.
  virtual Result<StoredFile> find_held_file(RepoId repo, const FileHash& hash) = 0;
  /// The Xet hash of each file's recipe, in the order asked; nothing for unknown files.
  virtual Result<std::vector<std::optional<FileHash>>> file_hashes(
      std::span<const Sha256> files) = 0;
  virtual Result<Xorb> read_xorb(XorbId id) = 0;
  /// For each hook the first live xorb in scope (null: of all) that it leads to, each once.
  virtual Result<std::vector<Xorb>> find_hooks(std::span<const ChunkHash> hooks,
                                               const XorbScope* scope) = 0;
  /// Whether a repo in scope holds the file.
  virtual Result<bool> is_file_within(const XorbScope& scope, const Sha256& sha256) = 0;

  virtual Result<void> grant(const RepoFile& file) = 0;  // idempotent
  /// Errors: NotFound if the repo does not hold the file.
  virtual Result<RepoFile> find_grant(RepoId repo, const Sha256& sha256) = 0;
  virtual Result<void> revoke(RepoId repo, std::span<const Sha256> files) = 0;
  /// Committed files of a repo by push time, newest first.
  virtual Result<std::vector<RepoFile>> list_grants(RepoId repo, std::uint64_t skip,
                                                    std::size_t limit) = 0;

  /// Says which files the repo may count as there, in the order asked, and promises not to collect
  /// what those need until `expires`: one transaction, so that nothing is promised and collected.
  /// A file that only another repo holds, of those that the claim allows, is granted to the repo.
  /// Of every other file nothing is said (nullopt), wherever it is: a hash is no right to read.
  virtual Result<std::vector<std::optional<RepoFile>>> claim(const FileClaim& claim) = 0;

  /// The live xorbs of these hashes that are in scope, in the order asked, leased to the scope's
  /// repo until `expires` in the same transaction. A lease that lasts to within
  /// limits::kXorbLeaseSlack of that is left as it is. Of every other hash nothing is said,
  /// wherever the xorb is. Errors (all four): RepoNotFound.
  virtual Result<std::vector<std::optional<Xorb>>> claim_xorbs(const XorbScope& scope,
                                                               std::span<const XorbHash> hashes,
                                                               WallTime expires) = 0;
  /// For each hook the first live xorb in scope that it leads to, each once, leased likewise.
  virtual Result<std::vector<Xorb>> claim_hooks(const XorbScope& scope,
                                                std::span<const ChunkHash> hooks,
                                                WallTime expires) = 0;
  /// Live xorbs that files in scope need beside `xorb`, each once and at most `limit`: those that
  /// were stored after it first. Leased likewise.
  virtual Result<std::vector<Xorb>> claim_neighbours(const XorbScope& scope, XorbId xorb,
                                                     std::size_t limit, WallTime expires) = 0;
  /// Live xorbs that the files of `repo` need, of the file pushed last first, each once and at most
  /// `limit`. Leased to `lease.repo`, which may be another.
  virtual Result<std::vector<Xorb>> claim_repo_xorbs(RepoId repo, std::size_t limit,
                                                     const XorbLease& lease) = 0;

  virtual Result<void> create_upload(const Upload& upload) = 0;
  /// Errors (both): NotFound.
  virtual Result<Upload> read_upload(std::string_view id) = 0;
  virtual Result<Upload> find_upload(RepoId repo, NamespaceId user, const Sha256& sha256,
                                     std::uint64_t part_size_bytes) = 0;
  virtual Result<void> add_part(std::string_view upload, const UploadPart& part) = 0;  // replaces
  virtual Result<std::vector<UploadPart>> list_parts(std::string_view upload) = 0;  // by number
  virtual Result<void> remove_upload(std::string_view id) = 0;
  virtual Result<std::vector<Upload>> list_uploads_before(WallTime created) = 0;

  /// For fsck: everything, in pages by key.
  virtual Result<std::vector<Xorb>> list_xorbs(XorbId after, std::size_t limit) = 0;
  virtual Result<std::vector<StoredFile>> list_files(const std::optional<Sha256>& after,
                                                     std::size_t limit) = 0;
};

}  // namespace granary::meta
