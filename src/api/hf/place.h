// Place: the repo and the revision that a route names, found in the order that all routes keep.
#pragma once

#include "api/hf/call.h"
#include "service/revisions.h"

namespace granary::api::hf {

struct Place {
  service::VisibleRepo visible;
  service::Revision revision;

  bool by_old_name() const { return visible.by_old_name; }
  meta::RepoId repo() const { return visible.repo.id; }
};

/// The repo of {type} and {repo}, for everyone who sees it; a kept answer then stands on it.
/// Errors: RepoNotFound.
Result<service::VisibleRepo> find_repo(Context& context, Call& call);

/// The same with the revision of {rev}. Errors: RepoNotFound, RevisionNotFound.
Result<Place> find_place(Context& context, Call& call);

/// 307 to the request's own URL with the repo's present name in it.
net::Response moved_to(const net::Request& request, const meta::RepoName& now);

/// X-Repo-Commit, and Cache-Control: for ever if the revision was a full commit hash.
void add_place_headers(net::Response& response, const Place& place);

}  // namespace granary::api::hf
