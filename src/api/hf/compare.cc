// A diff shows content, so it takes the right to read files.
#include "api/hf/compare.h"

#include <string>
#include <string_view>
#include <utility>

#include "api/hf/fields.h"
#include "api/hf/names.h"
#include "api/hf/place.h"
#include "service/history.h"

namespace granary::api::hf {

namespace {

Result<service::DiffQuery> query_of(service::History& history, meta::RepoId repo,
                                    std::string_view spec) {
  service::DiffQuery query;
  query.repo = repo;
  const std::size_t dots = spec.find("..");
  if (dots != std::string_view::npos) {
    TRY(const auto before, history.revision(repo, spec.substr(0, dots)));
    TRY(const auto after, history.revision(repo, spec.substr(dots + 2)));
    query.before = before.commit.tree;
    query.after = after.commit.tree;
    return query;
  }
  TRY(const auto after, history.revision(repo, spec));
  query.after = after.commit.tree;
  if (after.commit.parent) {
    TRY(const auto before, history.revision(repo, after.commit.parent->to_string()));
    query.before = before.commit.tree;
  }
  return query;
}

}  // namespace

Result<net::Response> compare(Context& context, Call& call) {
  TRY(const auto name, repo_of(call.request));
  TRY(const auto visible, context.access.find_for_content(*call.caller, name));
  if (visible.by_old_name) return moved_to(call.request, visible.repo.name);
  TRY(const auto query, query_of(context.history, visible.repo.id, call.request.capture("path")));
  const auto form =
      query_flag(call.request, "raw") ? service::DiffForm::Raw : service::DiffForm::Unified;
  TRY(auto text, context.history.diff(query, form));
  auto response = net::Response::text(200, std::move(text));
  response.headers.add("X-Content-Type-Options", "nosniff");
  return response;
}

}  // namespace granary::api::hf
