// History: commits of a revision with their authors, and a repo's refs by what they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "meta/meta_store.h"
#include "service/diff.h"
#include "service/revisions.h"
#include "service/trees.h"

namespace granary::service {

struct ListedCommit {
  meta::CommitInfo commit;
  std::string author;  // the user's name; else what git says
};

struct CommitPage {
  std::vector<ListedCommit> commits;  // newest first, along first parents
  std::optional<GitOid> next;         // where the next page starts
};

/// A ref as people name it: "main" of "refs/heads/main".
struct ListedRef {
  std::string name;
  std::string ref;
  GitOid target;
};

struct RefList {
  std::vector<ListedRef> branches;
  std::vector<ListedRef> tags;
  std::vector<ListedRef> converts;
  std::vector<ListedRef> pull_requests;
};

/// How a comparison is written; see service/diff.h.
enum class DiffForm : std::uint8_t { Unified, Raw };

/// Rights are the caller's business. Blocking and thread-safe.
class History {
 public:
  /// The parts outlive this.
  History(meta::MetaStore& facts, Trees& trees) : facts_(facts), trees_(trees) {}

  /// As resolve_revision. Errors: RevisionNotFound.
  Result<Revision> revision(meta::RepoId repo, std::string_view text);
  /// Errors: RevisionNotFound if `from` is no commit of the repo.
  Result<CommitPage> commits(meta::RepoId repo, const GitOid& from, std::size_t limit);
  Result<RefList> refs(meta::RepoId repo);
  /// For each of the entries, the newest commit up to `head` that changed what lies at its path;
  /// see find_last_commits.
  Result<std::vector<std::optional<meta::CommitInfo>>> last_commits(
      meta::RepoId repo, const meta::CommitInfo& head, std::span<const PathInfo> entries);
  /// What changed between two trees of the repo. Errors: TooLarge.
  Result<std::string> diff(const DiffQuery& query, DiffForm form);

 private:
  meta::MetaStore& facts_;
  Trees& trees_;
};

}  // namespace granary::service
