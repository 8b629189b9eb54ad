// TreeCache: git trees of repos, read and parsed once, kept in bounded memory.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "git/tree.h"
#include "meta/git_store.h"

namespace granary::service {

/// A tree's entries by name, byte for byte (git's own order puts a folder where "name/" would be),
/// without submodules and names that break git::validate_repo_path.
using Folder = std::vector<git::TreeEntry>;

inline bool is_folder(const git::TreeEntry& entry) {
  return entry.mode == git::FileMode::Directory;
}

/// The entry of that name; null if there is none.
const git::TreeEntry* find_entry(const Folder& folder, std::string_view name);

/// Trees never change, so they never go stale; what has not been used for longest leaves first.
/// Thread-safe; blocks on the metadata for what is not kept.
class TreeCache {
 public:
  /// `git` outlives the cache.
  TreeCache(meta::GitStore& git, std::size_t size_bytes_max);

  /// Errors: NotFound; Corrupt if the object is no tree.
  Result<std::shared_ptr<const Folder>> read(meta::RepoId repo, const GitOid& oid);

 private:
  struct Key {
    meta::RepoId repo;  // oids alone would tell one repo's trees to another's readers
    GitOid oid;
    bool operator==(const Key&) const = default;
  };
  struct KeyHasher {
    std::size_t operator()(const Key& key) const;
  };
  struct Entry {
    Key key;
    std::shared_ptr<const Folder> folder;
    std::size_t size_bytes;
  };

  std::shared_ptr<const Folder> find(const Key& key);
  void put(const Key& key, std::shared_ptr<const Folder> folder);

  meta::GitStore& git_;
  const std::size_t size_bytes_max_;
  std::mutex mutex_;
  std::size_t size_bytes_ = 0;
  std::list<Entry> entries_;  // most recently used first
  std::unordered_map<Key, std::list<Entry>::iterator, KeyHasher> index_;
};

}  // namespace granary::service
