// One page of commits costs one query, and one more for each author met in it.
#include "service/history.h"

#include <array>
#include <map>
#include <string_view>
#include <utility>

#include "service/last_commits.h"

namespace granary::service {

namespace {

/// Names of users by id; who is gone keeps the name that git has.
class AuthorNames {
 public:
  explicit AuthorNames(meta::AccountStore& accounts) : accounts_(accounts) {}

  Result<std::string> name_of(const meta::CommitInfo& commit) {
    if (!commit.author) return commit.author_name;
    if (const auto known = names_.find(*commit.author); known != names_.end()) return known->second;
    auto user = accounts_.read_namespace(*commit.author);
    if (!user && user.error().kind != ErrorKind::NotFound) {
      return tl::unexpected(std::move(user).error());
    }
    std::string name = user ? user->name : commit.author_name;
    names_.emplace(*commit.author, name);
    return name;
  }

 private:
  meta::AccountStore& accounts_;
  std::map<meta::NamespaceId, std::string> names_;
};

}  // namespace

Result<Revision> History::revision(meta::RepoId repo, std::string_view text) {
  return resolve_revision(facts_.git(), repo, text);
}

Result<CommitPage> History::commits(meta::RepoId repo, const GitOid& from, std::size_t limit) {
  TRY_DONE(facts_.git().read_commit(repo, from));
  TRY(auto commits, facts_.git().list_commits(repo, from, 0, limit + 1));
  CommitPage page;
  if (commits.size() > limit) {
    page.next = commits.back().oid;
    commits.pop_back();
  }
  AuthorNames authors(facts_.accounts());
  for (meta::CommitInfo& commit : commits) {
    TRY(auto author, authors.name_of(commit));
    page.commits.push_back({std::move(commit), std::move(author)});
  }
  return page;
}

Result<RefList> History::refs(meta::RepoId repo) {
  TRY(const auto refs, facts_.git().list_refs(repo));
  RefList list;
  const std::array<std::pair<std::string_view, std::vector<ListedRef>*>, 4> groups{{
      {"refs/heads/", &list.branches},
      {"refs/tags/", &list.tags},
      {"refs/convert/", &list.converts},
      {"refs/pr/", &list.pull_requests},
  }};
  for (const meta::Ref& ref : refs) {
    for (const auto& [prefix, group] : groups) {
      if (!ref.name.starts_with(prefix)) continue;
      group->push_back({ref.name.substr(prefix.size()), ref.name, ref.target});
    }
  }
  return list;
}

Result<std::vector<std::optional<meta::CommitInfo>>> History::last_commits(
    meta::RepoId repo, const meta::CommitInfo& head, std::span<const PathInfo> entries) {
  std::vector<std::string> paths;
  paths.reserve(entries.size());
  for (const PathInfo& entry : entries) paths.push_back(entry.path);
  return find_last_commits(facts_.git(), trees_.cache(), repo, head, paths);
}

Result<std::string> History::diff(const DiffQuery& query, DiffForm form) {
  const auto write = form == DiffForm::Raw ? raw_diff : unified_diff;
  return write(facts_.git(), trees_.cache(), query);
}

}  // namespace granary::service
