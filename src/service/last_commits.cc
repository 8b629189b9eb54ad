// History is walked once for all paths; a folder whose tree did not change is passed over whole.
#include "service/last_commits.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include "base/limits.h"

namespace granary::service {

namespace {

constexpr std::size_t kCommitBatchCount = 64;

/// A path whose last change is still looked for.
struct Wanted {
  std::string name;   // in its folder
  std::size_t index;  // of the answer
  GitOid oid;         // what it is at the head
};

/// The wanted paths of one folder, and the folder's tree in the commit that was looked at last.
struct FolderWatch {
  std::string path;
  std::optional<GitOid> tree;
  std::vector<Wanted> wanted;
};

class Search {
 public:
  Search(TreeCache& trees, meta::RepoId repo, std::size_t path_count)
      : trees_(trees), repo_(repo), answers_(path_count) {}

  Result<void> start(const meta::CommitInfo& head, std::span<const std::string> paths) {
    std::map<std::string, FolderWatch> by_folder;
    for (std::size_t i = 0; i < paths.size(); ++i) {
      const std::size_t slash = paths[i].rfind('/');
      const bool in_root = slash == std::string::npos;
      FolderWatch& watch = by_folder[in_root ? "" : paths[i].substr(0, slash)];
      watch.wanted.push_back({in_root ? paths[i] : paths[i].substr(slash + 1), i, {}});
    }
    for (auto& [path, watch] : by_folder) {
      watch.path = path;
      TRY(watch.tree, find_folder(head.tree, path));
      if (!watch.tree) continue;
      TRY(const auto folder, trees_.read(repo_, *watch.tree));
      std::erase_if(watch.wanted, [&](const Wanted& w) { return !find_entry(*folder, w.name); });
      for (Wanted& wanted : watch.wanted) wanted.oid = find_entry(*folder, wanted.name)->oid;
      if (!watch.wanted.empty()) watches_.push_back(std::move(watch));
    }
    return {};
  }

  bool is_done() const { return watches_.empty(); }

  /// `commit` is the answer for every wanted path that is not the same in its parent.
  Result<void> step(const meta::CommitInfo& commit, const std::optional<GitOid>& parent_tree) {
    if (parent_tree == commit.tree) return {};
    for (FolderWatch& watch : watches_) {
      std::optional<GitOid> before;
      if (parent_tree) {
        TRY(before, find_folder(*parent_tree, watch.path));
      }
      if (before == watch.tree) continue;
      watch.tree = before;
      std::shared_ptr<const Folder> folder;
      if (before) {
        TRY(folder, trees_.read(repo_, *before));
      }
      std::erase_if(watch.wanted, [&](const Wanted& wanted) {
        const git::TreeEntry* entry = folder ? find_entry(*folder, wanted.name) : nullptr;
        if (entry && entry->oid == wanted.oid) return false;
        answers_[wanted.index] = commit;
        return true;
      });
    }
    std::erase_if(watches_, [](const FolderWatch& watch) { return watch.wanted.empty(); });
    return {};
  }

  std::vector<std::optional<meta::CommitInfo>> take_answers() { return std::move(answers_); }

 private:
  /// The tree of the folder `path`; nothing if there is none.
  Result<std::optional<GitOid>> find_folder(GitOid tree, std::string_view path) {
    while (!path.empty()) {
      const std::string_view name = path.substr(0, path.find('/'));
      path.remove_prefix(std::min(name.size() + 1, path.size()));
      TRY(const auto folder, trees_.read(repo_, tree));
      const git::TreeEntry* entry = find_entry(*folder, name);
      if (!entry || !is_folder(*entry)) return std::nullopt;
      tree = entry->oid;
    }
    return tree;
  }

  TreeCache& trees_;
  meta::RepoId repo_;
  std::vector<FolderWatch> watches_;
  std::vector<std::optional<meta::CommitInfo>> answers_;
};

}  // namespace

Result<std::vector<std::optional<meta::CommitInfo>>> find_last_commits(
    meta::GitStore& git, TreeCache& trees, meta::RepoId repo, const meta::CommitInfo& head,
    std::span<const std::string> paths) {
  Search search(trees, repo, paths.size());
  TRY_DONE(search.start(head, paths));
  meta::CommitInfo commit = head;
  std::size_t seen_count = 0;
  while (!search.is_done() && seen_count < limits::kHistoryWalkCommitCountMax) {
    if (!commit.parent) {
      TRY_DONE(search.step(commit, std::nullopt));
      break;
    }
    TRY(auto parents, git.list_commits(repo, *commit.parent, 0, kCommitBatchCount));
    for (meta::CommitInfo& parent : parents) {
      TRY_DONE(search.step(commit, parent.tree));
      ++seen_count;
      commit = std::move(parent);
      if (search.is_done()) break;
    }
    if (parents.empty()) break;
  }
  return search.take_answers();
}

}  // namespace granary::service
