// Likes: the four routes.
#include "api/hf/likes.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "api/hf/names.h"
#include "api/hf/people_json.h"
#include "api/hf/reply.h"
#include "service/repos.h"

namespace granary::api::hf {
namespace {

namespace json = boost::json;

Result<net::Response> set_like(Context& context, Call& call, service::Liking liking) {
  TRY(const auto name, repo_of(call.request));
  TRY_DONE(context.repos.set_like(*call.caller, name, liking));
  return json_reply(json::object());
}

}  // namespace

Result<net::Response> like_repo(Context& context, Call& call) {
  return set_like(context, call, service::Liking::Like);
}

Result<net::Response> unlike_repo(Context& context, Call& call) {
  return set_like(context, call, service::Liking::Unlike);
}

Result<net::Response> list_likers(Context& context, Call& call) {
  TRY(const auto name, repo_of(call.request));
  TRY(const auto likers, context.repos.likers(*call.caller, name));
  json::array items;
  for (const auto& user : likers) items.push_back(user_json(call.request, user));
  return json_reply(items);
}

Result<net::Response> list_likes(Context& context, Call& call) {
  TRY(const auto likes, context.repos.likes_of(*call.caller, call.request.capture("user")));
  json::array items;
  for (const auto& like : likes) {
    items.push_back(json::object{
        {"createdAt", format_time(like.time)},
        {"repo", {{"name", like.repo.name.full()}, {"type", meta::name_of(like.repo.name.kind)}}}});
  }
  return json_reply(items);
}

}  // namespace granary::api::hf
