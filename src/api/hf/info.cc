// Info: from a repo and a revision to the JSON that every client reads first.
#include "api/hf/info.h"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "api/hf/fields.h"
#include "api/hf/names.h"
#include "api/hf/reply.h"
#include "api/hf/repo_json.h"
#include "service/browse.h"

namespace granary::api::hf {
namespace {

FieldChoice choice_of(const net::Request& request) {
  FieldChoice choice;
  choice.expand = query_list(request, "expand");
  if (choice.expand.empty() && query_flag(request, "securityStatus")) {
    choice.extra.emplace_back("securityStatus");
  }
  return choice;
}

}  // namespace

Result<net::Response> repo_info(Context& context, Call& call) {
  const auto& request = call.request;
  TRY(const auto name, repo_of(request));
  TRY(const auto visible, find_to_keep(context, call, name));
  if (visible.by_old_name) {
    return net::Response::redirect(307,
                                   request.base_url() + moved_target(request, visible.repo.name));
  }
  const auto choice = choice_of(request);
  TRY_DONE(check_expand(name.kind, choice.expand));
  const std::string_view revision = request.capture("rev");
  const service::InfoParts parts{.summary = true, .files = needs_files(name.kind, choice)};
  TRY(const auto info, context.browser.info(visible.repo, revision, parts));
  const RepoView view{.repo = info.repo,
                      .summary = info.summary,
                      .sha = info.revision.commit.oid.to_string(),
                      .modified = revision.empty() ? info.repo.modified : info.revision.commit.time,
                      .files = parts.files ? &info.files : nullptr,
                      .with_blobs = query_flag(request, "blobs")};
  return json_reply(repo_json(view, choice));
}

Result<net::Response> check_read(Context& context, Call& call) {
  TRY(const auto name, repo_of(call.request));
  TRY_DONE(context.access.find_for_content(*call.caller, name));
  return json_reply(boost::json::object());
}

Result<net::Response> check_write(Context& context, Call& call) {
  TRY(const auto name, repo_of(call.request));
  TRY_DONE(context.access.find_for_write(*call.caller, name));
  return json_reply(boost::json::object());
}

}  // namespace granary::api::hf
