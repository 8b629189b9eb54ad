// Walking trees: a path step by step, and folders in the order of their full paths.
#include "service/trees.h"

#include <algorithm>
#include <memory>
#include <unordered_set>
#include <utility>

#include "base/limits.h"

namespace granary::service {

namespace {

tl::unexpected<Error> no_entry(std::string_view path) {
  return fail(ErrorKind::EntryNotFound, "Entry not found: " + std::string(path));
}

PathInfo info_of(const git::TreeEntry& entry, std::string path) {
  PathInfo info{.path = std::move(path), .oid = entry.oid, .lfs = std::nullopt};
  info.is_directory = is_folder(entry);
  return info;
}

/// Lists a tree and those below it, bytewise by full path. A folder "a" takes two places in that
/// order, for "a" itself and for what is in it, "a/…": a file "a.txt" goes between them.
class Walk {
 public:
  Walk(TreeCache& cache, const TreeQuery& query) : cache_(cache), query_(query) {}

  /// `prefix`: the folder's path with a '/' at its end; "" for the root.
  Result<void> visit(const GitOid& tree, const std::string& prefix, std::size_t depth) {
    if (depth > limits::kPathDepthMax) {
      return fail(ErrorKind::TooLarge, "folders are nested too deeply: " + prefix);
    }
    TRY(const auto folder, cache_.read(query_.repo, tree));
    for (const Step& step : steps_of(*folder)) {
      if (is_full()) return {};
      std::string path = prefix + step.key;
      if (step.inside) {
        if (!may_hold_more(path)) continue;
        TRY_DONE(visit(step.entry->oid, path, depth + 1));
      } else if (path > query_.after) {
        found_.push_back(info_of(*step.entry, std::move(path)));
      }
    }
    return {};
  }

  TreePage take_page() {
    const bool has_more = found_.size() > query_.limit;
    if (has_more) found_.pop_back();
    return {.entries = std::move(found_), .has_more = has_more};
  }

 private:
  struct Step {
    std::string key;
    const git::TreeEntry* entry;
    bool inside;
  };

  std::vector<Step> steps_of(const Folder& folder) const {
    std::vector<Step> steps;
    steps.reserve(folder.size());
    for (const git::TreeEntry& entry : folder) {
      steps.push_back({entry.name, &entry, false});
      if (query_.recursive && is_folder(entry)) {
        steps.push_back({entry.name + "/", &entry, true});
      }
    }
    if (query_.recursive) std::ranges::sort(steps, {}, &Step::key);
    return steps;
  }

  /// One entry over the page's end tells that there is another page.
  bool is_full() const { return found_.size() > query_.limit; }
  bool may_hold_more(const std::string& prefix) const {
    return query_.after < prefix || query_.after.starts_with(prefix);
  }

  TreeCache& cache_;
  const TreeQuery& query_;
  std::vector<PathInfo> found_;
};

}  // namespace

Trees::Trees(meta::GitStore& git, meta::ContentStore& content)
    : git_(git), content_(content), cache_(git, limits::kTreeCacheSizeBytesMax) {}

Result<PathInfo> Trees::find(meta::RepoId repo, const GitOid& tree, std::string_view path) {
  TRY(auto info, find_entry_at(repo, tree, path));
  TRY_DONE(add_blob_facts(repo, {&info, 1}));
  return info;
}

Result<std::vector<PathInfo>> Trees::find_all(meta::RepoId repo, const GitOid& tree,
                                              std::span<const std::string> paths) {
  std::vector<PathInfo> found;
  std::unordered_set<std::string_view> seen;
  for (std::string_view path : paths) {
    while (path.ends_with('/')) path.remove_suffix(1);
    if (path.empty() || !seen.insert(path).second) continue;
    auto info = find_entry_at(repo, tree, path);
    if (!info && info.error().kind == ErrorKind::EntryNotFound) continue;
    if (!info) return tl::unexpected(std::move(info).error());
    found.push_back(*std::move(info));
  }
  TRY_DONE(add_blob_facts(repo, found));
  return found;
}

Result<TreePage> Trees::list(const TreeQuery& query) {
  TRY(const auto folder, find_entry_at(query.repo, query.tree, query.folder));
  if (!folder.is_directory) return no_entry(query.folder);
  Walk walk(cache_, query);
  TRY_DONE(walk.visit(folder.oid, query.folder.empty() ? "" : query.folder + "/", 0));
  TreePage page = walk.take_page();
  TRY_DONE(add_blob_facts(query.repo, page.entries));
  return page;
}

Result<PathInfo> Trees::find_entry_at(meta::RepoId repo, const GitOid& tree,
                                      std::string_view path) {
  PathInfo info{.path = std::string(path), .is_directory = true, .oid = tree, .lfs = std::nullopt};
  if (path.size() > limits::kPathSizeBytesMax) return no_entry(path.substr(0, 100));
  if (path.ends_with('/')) return no_entry(path);
  std::string_view rest = path;
  while (!rest.empty()) {
    if (!info.is_directory) return no_entry(path);
    const std::string_view name = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(name.size() + 1, rest.size()));
    TRY(const auto folder, cache_.read(repo, info.oid));
    const git::TreeEntry* entry = find_entry(*folder, name);
    if (!entry) return no_entry(path);
    info.oid = entry->oid;
    info.is_directory = is_folder(*entry);
  }
  return info;
}

Result<void> Trees::add_blob_facts(meta::RepoId repo, std::span<PathInfo> entries) {
  std::vector<GitOid> oids;
  for (const PathInfo& entry : entries) {
    if (!entry.is_directory) oids.push_back(entry.oid);
  }
  if (oids.empty()) return {};
  TRY(const auto facts, git_.read_blob_infos(repo, oids));
  auto fact = facts.begin();
  for (PathInfo& entry : entries) {
    if (entry.is_directory) continue;
    entry.size_bytes = fact->lfs ? fact->lfs->size_bytes : fact->size_bytes;
    entry.pointer_size_bytes = fact->lfs ? fact->size_bytes : 0;
    entry.lfs = fact->lfs;
    ++fact;
  }
  return add_xet_hashes(entries);
}

Result<void> Trees::add_xet_hashes(std::span<PathInfo> entries) {
  std::vector<Sha256> files;
  for (const PathInfo& entry : entries) {
    if (entry.lfs) files.push_back(entry.lfs->sha256);
  }
  if (files.empty()) return {};
  TRY(const auto hashes, content_.file_hashes(files));
  auto hash = hashes.begin();
  for (PathInfo& entry : entries) {
    if (entry.lfs) entry.xet_hash = *hash++;
  }
  return {};
}

}  // namespace granary::service
