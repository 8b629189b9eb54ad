// Ref changes: bodies of the calls, and replies that old clients parse as JSON.
#include "api/hf/ref_changes.h"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>

#include "api/hf/fields.h"
#include "api/hf/names.h"
#include "api/hf/reply.h"
#include "service/refs.h"

namespace granary::api::hf {
namespace {

namespace json = boost::json;

// A body is optional in all of these calls.
Result<json::object> read_body(const Call& call) {
  if (call.body.empty()) return json::object{};
  return parse_object(call.body);
}

}  // namespace

Result<net::Response> create_branch(Context& context, Call& call) {
  TRY(const auto name, repo_of(call.request));
  TRY(const auto body, read_body(call));
  service::NewBranch fresh{.name = std::string(call.request.capture("rev"))};
  TRY(const auto start, text_field(body, "startingPoint"));
  fresh.starting_point = start.value_or("");
  TRY(const auto is_empty, flag_field(body, "emptyBranch"));
  fresh.is_empty = is_empty.value_or(false);
  TRY(const auto overwrite, flag_field(body, "overwrite"));
  fresh.overwrite = overwrite.value_or(false);
  TRY_DONE(context.refs.create_branch(*call.caller, name, fresh));
  return json_reply(json::object{});
}

Result<net::Response> delete_branch(Context& context, Call& call) {
  TRY(const auto name, repo_of(call.request));
  TRY_DONE(context.refs.delete_branch(*call.caller, name, call.request.capture("rev")));
  return json_reply(json::object{});
}

Result<net::Response> create_tag(Context& context, Call& call) {
  TRY(const auto name, repo_of(call.request));
  TRY(const auto body, read_body(call));
  service::NewTag fresh{.revision = std::string(call.request.capture("rev"))};
  TRY(const auto tag, text_field(body, "tag"));
  fresh.name = tag.value_or("");
  TRY(const auto message, text_field(body, "message"));
  fresh.message = message.value_or("");
  TRY_DONE(context.refs.create_tag(*call.caller, name, fresh));
  return json_reply(json::object{});
}

Result<net::Response> delete_tag(Context& context, Call& call) {
  TRY(const auto name, repo_of(call.request));
  TRY_DONE(context.refs.delete_tag(*call.caller, name, call.request.capture("rev")));
  return json_reply(json::object{});
}

Result<net::Response> squash(Context& context, Call& call) {
  TRY(const auto name, repo_of(call.request));
  TRY(const auto body, read_body(call));
  TRY(const auto message, text_field(body, "message"));
  const std::string_view branch = call.request.capture("rev");
  TRY(const GitOid commit,
      context.refs.squash(*call.caller, name, branch,
                          message.value_or("Super-squash branch '" + std::string(branch) + "'")));
  return json_reply(json::object{{"commitOid", commit.to_string()}});
}

}  // namespace granary::api::hf
