// Two trees are walked side by side; folders of equal oid are passed over unread.
#include "service/changes.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/limits.h"

namespace granary::service {

namespace {

class Comparison {
 public:
  Comparison(TreeCache& trees, meta::RepoId repo, std::size_t count_max)
      : trees_(trees), repo_(repo), count_max_(count_max) {}

  Result<void> compare(const std::optional<GitOid>& before, const std::optional<GitOid>& after,
                       const std::string& prefix, std::size_t depth) {
    if (before == after) return {};
    if (depth > limits::kPathDepthMax) {
      return fail(ErrorKind::TooLarge, "folders are nested too deeply: " + prefix);
    }
    TRY(const auto old_folder, read(before));
    TRY(const auto new_folder, read(after));
    auto a = old_folder->begin();
    auto b = new_folder->begin();
    while (a != old_folder->end() || b != new_folder->end()) {
      const bool takes_a = a != old_folder->end() && (b == new_folder->end() || a->name <= b->name);
      const bool takes_b = b != new_folder->end() && (a == old_folder->end() || b->name <= a->name);
      TRY_DONE(compare_entries(takes_a ? &*a : nullptr, takes_b ? &*b : nullptr, prefix, depth));
      if (takes_a) ++a;
      if (takes_b) ++b;
    }
    return {};
  }

  std::vector<FileChange> take() {
    std::ranges::sort(changes_, {}, &FileChange::path);
    return std::move(changes_);
  }

 private:
  Result<std::shared_ptr<const Folder>> read(const std::optional<GitOid>& tree) {
    if (!tree) return std::make_shared<const Folder>();
    return trees_.read(repo_, *tree);
  }

  /// Two entries of one name; null where there is none.
  Result<void> compare_entries(const git::TreeEntry* before, const git::TreeEntry* after,
                               const std::string& prefix, std::size_t depth) {
    const std::string path = prefix + (before ? before : after)->name;
    std::optional<GitOid> old_folder;
    std::optional<GitOid> new_folder;
    if (before && is_folder(*before)) old_folder = std::exchange(before, nullptr)->oid;
    if (after && is_folder(*after)) new_folder = std::exchange(after, nullptr)->oid;
    const bool is_same = before && after && *before == *after;
    if ((before || after) && !is_same) {
      if (changes_.size() == count_max_) {
        return fail(ErrorKind::TooLarge,
                    "more than " + std::to_string(count_max_) + " files changed");
      }
      FileChange change{.path = path, .before = std::nullopt, .after = std::nullopt};
      if (before) change.before = *before;
      if (after) change.after = *after;
      changes_.push_back(std::move(change));
    }
    if (!old_folder && !new_folder) return {};
    return compare(old_folder, new_folder, path + "/", depth + 1);
  }

  TreeCache& trees_;
  const meta::RepoId repo_;
  const std::size_t count_max_;
  std::vector<FileChange> changes_;
};

}  // namespace

Result<std::vector<FileChange>> find_changes(TreeCache& trees, meta::RepoId repo,
                                             const std::optional<GitOid>& before,
                                             const GitOid& after, std::size_t count_max) {
  Comparison comparison(trees, repo, count_max);
  TRY_DONE(comparison.compare(before, after, "", 0));
  return comparison.take();
}

}  // namespace granary::service
