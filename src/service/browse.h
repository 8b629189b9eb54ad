// Browse: what a repo is and holds at a revision, and the lists of repos.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "meta/meta_store.h"
#include "service/access.h"
#include "service/revisions.h"
#include "service/summary.h"

namespace granary::store {
class Store;
}

namespace granary::service {

struct RepoInfo {
  meta::Repo repo;
  Revision revision;
  meta::RepoSummary summary;  // of this revision, not only of main
  std::vector<SnapshotFile> files;
};

/// What info is wanted for; the rest stays empty and costs nothing.
struct InfoParts {
  bool summary = true;
  bool files = true;
};

/// Blocking, thread-safe.
class Browser {
 public:
  Browser(meta::MetaStore& facts, store::Store& store) : facts_(facts), store_(store) {}

  /// `revision` empty: main. Errors: RevisionNotFound. A gated repo's info is open to all who see
  /// it.
  Result<RepoInfo> info(const meta::Repo& repo, std::string_view revision, const InfoParts& parts);
  /// A page of the repos that the caller may see; the query's viewer is set here.
  /// Errors: Invalid for a bad cursor.
  Result<meta::RepoPage> list(const Caller& caller, meta::RepoQuery query);
  /// The files at the head of main of a listed repo; none if it is empty.
  Result<std::vector<SnapshotFile>> files_of(const meta::ListedRepo& listed);
  /// Tags of public repos, most used first.
  Result<std::vector<meta::TagCount>> tags(meta::RepoKind kind);

 private:
  meta::MetaStore& facts_;
  store::Store& store_;
};

}  // namespace granary::service
