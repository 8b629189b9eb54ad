// Refs as four lists; commits as pages that start at a commit.
#include "api/hf/refs.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <utility>
#include <vector>

#include "api/hf/commit_text.h"
#include "api/hf/fields.h"
#include "api/hf/place.h"
#include "api/hf/reply.h"
#include "service/history.h"

namespace granary::api::hf {

namespace {

namespace json = boost::json;

constexpr std::size_t kCommitsPageCount = 100;

json::array refs_json(const std::vector<service::ListedRef>& refs) {
  json::array list;
  for (const service::ListedRef& ref : refs) {
    list.push_back(json::object{
        {"name", ref.name}, {"ref", ref.ref}, {"targetCommit", ref.target.to_string()}});
  }
  return list;
}

json::object commit_json(const net::Request& request, const service::ListedCommit& listed,
                         bool with_html) {
  const CommitText text = split_message(listed.commit.message);
  json::object author{{"user", listed.author},
                      {"avatar", request.base_url() + "/avatars/" + listed.author + ".svg"}};
  json::object commit{{"id", listed.commit.oid.to_string()},
                      {"title", text.title},
                      {"message", text.message},
                      {"authors", json::array{std::move(author)}},
                      {"date", format_time(listed.commit.time)}};
  if (with_html) {
    commit["formatted"] = {{"title", to_html(text.title)}, {"message", to_html(text.message)}};
  }
  return commit;
}

}  // namespace

Result<net::Response> refs(Context& context, Call& call) {
  TRY(const auto visible, find_repo(context, call));
  if (visible.by_old_name) return moved_to(call.request, visible.repo.name);
  TRY(const auto list, context.history.refs(visible.repo.id));
  json::object body{{"branches", refs_json(list.branches)},
                    {"converts", refs_json(list.converts)},
                    {"tags", refs_json(list.tags)}};
  if (query_flag(call.request, "include_prs")) {
    body["pullRequests"] = refs_json(list.pull_requests);
  }
  return json_reply(body);
}

Result<net::Response> commits(Context& context, Call& call) {
  TRY(const auto place, find_place(context, call));
  if (place.by_old_name()) return moved_to(call.request, place.visible.repo.name);
  TRY(const auto limit, query_limit(call.request, kCommitsPageCount, limits::kCommitsPageCountMax));
  GitOid from = place.revision.commit.oid;
  if (const auto cursor = call.request.query("cursor"); cursor && !cursor->empty()) {
    TRY(from, GitOid::parse(*cursor));
  }
  TRY(const auto page, context.history.commits(place.repo(), from, limit));
  const auto expand = query_list(call.request, "expand");
  const bool with_html = std::ranges::find(expand, "formatted") != expand.end();
  json::array list;
  for (const service::ListedCommit& listed : page.commits) {
    list.push_back(commit_json(call.request, listed, with_html));
  }
  net::Response response = json_reply(list);
  response.headers.add("X-Total-Count", place.revision.commit.depth);
  if (page.next) add_next_link(response, call.request, page.next->to_string());
  return response;
}

}  // namespace granary::api::hf
