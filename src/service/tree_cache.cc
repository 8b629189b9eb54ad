// Reading, parsing and keeping trees, whose entries are counted, not only the trees.
#include "service/tree_cache.h"

#include <algorithm>
#include <utility>

#include "git/path.h"

namespace granary::service {

namespace {

/// What a tree takes in memory, near enough: its entries, long names, and its place in the cache.
std::size_t cost_of(const Folder& folder) {
  std::size_t size_bytes = 256 + folder.capacity() * sizeof(git::TreeEntry);
  for (const git::TreeEntry& entry : folder) {
    if (entry.name.capacity() > 15) size_bytes += entry.name.capacity() + 1;
  }
  return size_bytes;
}

/// Paths are checked on every way in, and here again: old clients write where our names say. A
/// submodule is a commit of another repo, so there is nothing to list or send.
bool is_hidden(const git::TreeEntry& entry) {
  return entry.mode == git::FileMode::Submodule || !git::validate_repo_path(entry.name);
}

}  // namespace

TreeCache::TreeCache(meta::GitStore& git, std::size_t size_bytes_max)
    : git_(git), size_bytes_max_(size_bytes_max) {}

Result<std::shared_ptr<const Folder>> TreeCache::read(meta::RepoId repo, const GitOid& oid) {
  const Key key{repo, oid};
  if (auto known = find(key)) return known;
  TRY(const auto object, git_.read_object(repo, oid));
  if (object.kind != meta::GitKind::Tree) {
    return fail(ErrorKind::Corrupt, "git object " + oid.to_string() + " should be a tree");
  }
  auto entries = git::parse_tree(object.data);
  if (!entries) return fail(ErrorKind::Corrupt, "git tree: " + entries.error().message);
  std::erase_if(*entries, is_hidden);
  std::ranges::sort(*entries, {}, &git::TreeEntry::name);
  auto folder = std::make_shared<const Folder>(*std::move(entries));
  put(key, folder);
  return folder;
}

std::shared_ptr<const Folder> TreeCache::find(const Key& key) {
  std::lock_guard lock(mutex_);
  const auto found = index_.find(key);
  if (found == index_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->folder;
}

void TreeCache::put(const Key& key, std::shared_ptr<const Folder> folder) {
  const std::size_t cost = cost_of(*folder);
  if (cost > size_bytes_max_) return;
  std::lock_guard lock(mutex_);
  if (index_.contains(key)) return;  // another thread was faster
  entries_.push_front(Entry{key, std::move(folder), cost});
  index_.emplace(key, entries_.begin());
  size_bytes_ += cost;
  while (size_bytes_ > size_bytes_max_) {
    size_bytes_ -= entries_.back().size_bytes;
    index_.erase(entries_.back().key);
    entries_.pop_back();
  }
}

std::size_t TreeCache::KeyHasher::operator()(const Key& key) const {
  return DigestHasher{}(key.oid) ^ static_cast<std::size_t>(key.repo.value);
}

const git::TreeEntry* find_entry(const Folder& folder, std::string_view name) {
  const auto found = std::ranges::lower_bound(folder, name, {}, &git::TreeEntry::name);
  return found != folder.end() && found->name == name ? &*found : nullptr;
}

}  // namespace granary::service
