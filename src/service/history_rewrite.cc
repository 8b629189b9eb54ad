// Walks history from the roots up and remembers what each tree and commit has become.
#include "service/history_rewrite.h"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "git/commit.h"
#include "git/object_id.h"
#include "git/tree.h"
#include "service/new_commit.h"

namespace granary::service {
namespace {

constexpr std::size_t kPendingSizeBytesMax = 4 * limits::kMiB;
constexpr std::string_view kTagStart = "object ";

using Oids = std::unordered_map<GitOid, GitOid, DigestHasher>;

class Rewriter {
 public:
  Rewriter(meta::GitStore& git, meta::RepoId repo, std::span<const GitOid> dropped)
      : git_(git), repo_(repo), dropped_(dropped.begin(), dropped.end()) {
    outcome_.repo = repo;
  }

  Result<meta::HistoryRewrite> run();

 private:
  /// Commits from `tip` down that are not done yet, parents before children.
  Result<std::vector<GitOid>> line_up(const GitOid& tip);
  Result<git::Commit> read_commit(const GitOid& oid);
  Result<void> rewrite_commit(const GitOid& oid);
  Result<GitOid> rewrite_tree(const GitOid& oid, std::size_t depth);
  Result<std::optional<git::TreeEntry>> rewrite_entry(git::TreeEntry entry, std::size_t depth);
  Result<void> move_ref(const meta::Ref& ref);
  Result<Bytes> read(const GitOid& oid, meta::GitKind kind);
  Result<GitOid> add(meta::GitKind kind, Bytes data);
  Result<void> flush();

  meta::GitStore& git_;
  meta::RepoId repo_;
  std::unordered_set<GitOid, DigestHasher> dropped_;
  Oids trees_;    // old to new
  Oids commits_;  // old to new
  std::vector<meta::GitObject> pending_;
  std::size_t pending_size_bytes_ = 0;
  meta::HistoryRewrite outcome_;
};

Result<meta::HistoryRewrite> Rewriter::run() {
  TRY(const auto refs, git_.list_refs(repo_));
  for (const meta::Ref& ref : refs) {
    TRY(const auto line, line_up(ref.target));
    for (const GitOid& oid : line) TRY_DONE(rewrite_commit(oid));
    TRY_DONE(move_ref(ref));
  }
  TRY_DONE(flush());
  return std::move(outcome_);
}

Result<std::vector<GitOid>> Rewriter::line_up(const GitOid& tip) {
  struct Step {
    GitOid oid;
    bool parents_done;
  };
  std::vector<GitOid> line;
  std::unordered_set<GitOid, DigestHasher> seen;
  std::vector<Step> stack{{tip, false}};
  while (!stack.empty()) {
    const Step step = stack.back();
    stack.pop_back();
    if (step.parents_done) {
      line.push_back(step.oid);
      continue;
    }
    if (commits_.contains(step.oid) || !seen.insert(step.oid).second) continue;
    stack.push_back({step.oid, true});
    TRY(const auto commit, read_commit(step.oid));
    for (const GitOid& parent : commit.parents) stack.push_back({parent, false});
  }
  return line;
}

Result<git::Commit> Rewriter::read_commit(const GitOid& oid) {
  TRY(const auto body, read(oid, meta::GitKind::Commit));
  return git::parse_commit(body);
}

Result<void> Rewriter::rewrite_commit(const GitOid& oid) {
  TRY(auto commit, read_commit(oid));
  TRY(const GitOid tree, rewrite_tree(commit.tree, 0));
  std::vector<GitOid> parents;
  for (const GitOid& parent : commit.parents) parents.push_back(commits_.at(parent));
  if (tree == commit.tree && parents == commit.parents) {
    commits_.emplace(oid, oid);
    return {};
  }
  commit.tree = tree;
  commit.parents = std::move(parents);
  if (commit.other_headers.find("gpgsig") != std::string::npos) commit.other_headers.clear();
  TRY(auto info, git_.read_commit(repo_, oid));
  TRY(info.oid, add(meta::GitKind::Commit, git::write_commit(commit)));
  info.tree = tree;
  if (info.parent) info.parent = commit.parents.front();
  commits_.emplace(oid, info.oid);
  outcome_.commits.push_back(std::move(info));
  return {};
}

Result<GitOid> Rewriter::rewrite_tree(const GitOid& oid, std::size_t depth) {
  if (depth > limits::kPathDepthMax) return fail(ErrorKind::TooLarge, "folders nested too deep");
  if (const auto known = trees_.find(oid); known != trees_.end()) return known->second;
  TRY(const auto body, read(oid, meta::GitKind::Tree));
  TRY(auto entries, git::parse_tree(body));
  std::vector<git::TreeEntry> kept;
  bool is_changed = false;
  for (git::TreeEntry& entry : entries) {
    const GitOid before = entry.oid;
    TRY(auto after, rewrite_entry(std::move(entry), depth));
    is_changed = is_changed || !after || after->oid != before;
    if (after) kept.push_back(*std::move(after));
  }
  GitOid fresh = oid;
  if (is_changed) {
    TRY(fresh, add(meta::GitKind::Tree, git::write_tree(std::move(kept))));
  }
  trees_.emplace(oid, fresh);
  return fresh;
}

/// Nothing if the entry goes: a dropped blob, or a folder that has become empty.
Result<std::optional<git::TreeEntry>> Rewriter::rewrite_entry(git::TreeEntry entry,
                                                              std::size_t depth) {
  if (entry.mode != git::FileMode::Directory) {
    if (dropped_.contains(entry.oid)) return std::nullopt;
    return entry;
  }
  const GitOid before = entry.oid;
  TRY(entry.oid, rewrite_tree(before, depth + 1));
  if (entry.oid != before && entry.oid == git::empty_tree_id()) return std::nullopt;
  return entry;
}

Result<void> Rewriter::move_ref(const meta::Ref& ref) {
  const GitOid target = commits_.at(ref.target);
  if (target == ref.target) return {};
  meta::RefUpdate update{
      .repo = repo_, .ref = ref.name, .expected = ref.target, .target = target, .tag = {}};
  if (ref.tag) {
    // An annotated tag's object names its commit in its first line; all else stays.
    TRY(auto body, read(*ref.tag, meta::GitKind::Tag));
    const std::string hex = target.to_string();
    if (!as_text(body).starts_with(kTagStart) || body.size() < kTagStart.size() + hex.size()) {
      return fail(ErrorKind::Corrupt, "a tag object without its commit");
    }
    const ByteView bytes = as_bytes(hex);
    std::ranges::copy(bytes, body.begin() + kTagStart.size());
    update.tag = make_object(meta::GitKind::Tag, std::move(body));
  }
  outcome_.refs.push_back(std::move(update));
  return {};
}

Result<Bytes> Rewriter::read(const GitOid& oid, meta::GitKind kind) {
  if (kind == meta::GitKind::Tree && oid == git::empty_tree_id()) return Bytes();
  auto object = git_.read_object(repo_, oid);
  if (!object && object.error().kind != ErrorKind::NotFound) {
    return tl::unexpected(std::move(object).error());
  }
  if (!object || object->kind != kind) {
    return fail(ErrorKind::Corrupt, "the object " + oid.to_string() + " of the history is missing");
  }
  return std::move(object->data);
}

Result<GitOid> Rewriter::add(meta::GitKind kind, Bytes data) {
  pending_size_bytes_ += data.size();
  pending_.push_back(make_object(kind, std::move(data)));
  const GitOid oid = pending_.back().oid;
  if (pending_size_bytes_ > kPendingSizeBytesMax) TRY_DONE(flush());
  return oid;
}

Result<void> Rewriter::flush() {
  TRY_DONE(git_.add_objects(repo_, pending_));
  pending_.clear();
  pending_size_bytes_ = 0;
  return {};
}

}  // namespace

Result<meta::HistoryRewrite> rewrite_without(meta::GitStore& git, meta::RepoId repo,
                                             std::span<const GitOid> dropped) {
  return Rewriter(git, repo, dropped).run();
}

}  // namespace granary::service
