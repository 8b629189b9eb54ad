// Visible first, revision second: a repo that may not be seen says nothing of its revisions.
#include "api/hf/place.h"

#include <utility>

#include "api/hf/names.h"
#include "service/history.h"

namespace granary::api::hf {

Result<service::VisibleRepo> find_repo(Context& context, Call& call) {
  TRY(const auto name, repo_of(call.request));
  return find_to_keep(context, call, name);
}

Result<Place> find_place(Context& context, Call& call) {
  TRY(auto visible, find_repo(context, call));
  TRY(auto revision, context.history.revision(visible.repo.id, call.request.capture("rev")));
  return Place{std::move(visible), std::move(revision)};
}

net::Response moved_to(const net::Request& request, const meta::RepoName& now) {
  return net::Response::redirect(307, request.base_url() + moved_target(request, now));
}

void add_place_headers(net::Response& response, const Place& place) {
  response.headers.add("X-Repo-Commit", place.revision.commit.oid.to_string());
  if (!place.revision.is_immutable) return;
  const bool is_public = place.visible.repo.visibility == meta::Visibility::Public;
  response.headers.add("Cache-Control", is_public ? "public, max-age=31536000, immutable"
                                                  : "private, max-age=31536000, immutable");
}

}  // namespace granary::api::hf
