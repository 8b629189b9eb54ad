// Trees: what lies at the paths of a commit: one path, many, or a folder's list in pages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "meta/content_store.h"
#include "meta/git_store.h"
#include "service/tree_cache.h"

namespace granary::service {

struct PathInfo {
  std::string path;  // from the repo's root
  bool is_directory = false;
  GitOid oid;                    // of the tree or blob; for an LFS file of its pointer
  std::uint64_t size_bytes = 0;  // of the content, not of a pointer; 0 for a directory
  std::optional<meta::LfsTarget> lfs;
  // LFS files only.
  std::uint64_t pointer_size_bytes = 0;
  std::optional<FileHash> xet_hash;
};

struct TreeQuery {
  meta::RepoId repo;
  GitOid tree;         // a commit's root tree
  std::string folder;  // "": the root
  bool recursive = false;
  std::string after;  // list what comes after this path; "": from the start
  std::size_t limit = 0;
};

struct TreePage {
  std::vector<PathInfo> entries;  // bytewise by path
  bool has_more = false;
};

/// Paths are compared byte for byte. Blocking and thread-safe.
class Trees {
 public:
  /// The stores outlive this.
  Trees(meta::GitStore& git, meta::ContentStore& content);

  /// `path` "" is the root itself. Errors: EntryNotFound.
  Result<PathInfo> find(meta::RepoId repo, const GitOid& tree, std::string_view path);
  /// Those of `paths` that exist, each once, in the order asked; a trailing '/' is ignored.
  Result<std::vector<PathInfo>> find_all(meta::RepoId repo, const GitOid& tree,
                                         std::span<const std::string> paths);
  /// Errors: EntryNotFound if the folder is missing or a file.
  Result<TreePage> list(const TreeQuery& query);

  TreeCache& cache() { return cache_; }

 private:
  /// What the trees alone say of a path: not sizes, not LFS.
  Result<PathInfo> find_entry_at(meta::RepoId repo, const GitOid& tree, std::string_view path);
  Result<void> add_blob_facts(meta::RepoId repo, std::span<PathInfo> entries);
  Result<void> add_xet_hashes(std::span<PathInfo> entries);

  meta::GitStore& git_;
  meta::ContentStore& content_;
  TreeCache cache_;
};

}  // namespace granary::service
