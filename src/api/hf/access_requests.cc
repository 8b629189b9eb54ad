// Access requests: JSON of requests, and the statuses that clients document.
#include "api/hf/access_requests.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <utility>

#include "api/hf/fields.h"
#include "api/hf/names.h"
#include "api/hf/people_json.h"
#include "api/hf/reply.h"
#include "service/repos.h"

namespace granary::api::hf {
namespace {

namespace json = boost::json;
using meta::AccessStatus;

Result<AccessStatus> parse_status(std::string_view text) {
  for (const auto status :
       {AccessStatus::Pending, AccessStatus::Accepted, AccessStatus::Rejected}) {
    if (text == meta::name_of(status)) return status;
  }
  return fail(ErrorKind::Invalid, "\"status\" must be one of [pending, accepted, rejected]");
}

json::object request_json(const net::Request& request, const meta::AccessRequest& access) {
  json::object user{{"user", access.user_name},
                    {"fullname", access.user_full_name},
                    {"avatarUrl", avatar_url(request, access.user_name)},
                    {"type", "user"}};
  // Who asked has agreed to share the address; who was let in by hand has not.
  if (!access.by_hand && !access.user_email.empty()) user["email"] = access.user_email;
  json::object object{{"requestId", access.public_id},
                      {"user", std::move(user)},
                      {"status", meta::name_of(access.status)},
                      {"timestamp", format_time(access.time)}};
  json::error_code error;
  auto fields = json::parse(access.fields_json, error);
  if (!error && fields.is_object()) object["fields"] = std::move(fields);
  return object;
}

/// The same error under the kind whose status clients document for this call.
Result<meta::AccessRequest> conflict_as(ErrorKind kind, Result<meta::AccessRequest> result) {
  if (result || result.error().kind != ErrorKind::Conflict) return result;
  return fail(kind, std::move(result).error().message);
}

}  // namespace

Result<net::Response> ask_access(Context& context, Call& call) {
  TRY(const auto name, repo_of(call.request));
  std::string fields;
  if (!call.body.empty()) {
    TRY(const auto body, parse_object(call.body));
    fields = json::serialize(body);
  }
  TRY(const auto access, context.repos.ask_access(*call.caller, name, std::move(fields)));
  return json_reply(request_json(call.request, access));
}

Result<net::Response> list_access_requests(Context& context, Call& call) {
  TRY(const auto name, repo_of(call.request));
  TRY(const auto status, parse_status(call.request.capture("status")));
  TRY(const auto list, context.repos.list_access(*call.caller, name, status));
  json::array items;
  for (const auto& access : list) items.push_back(request_json(call.request, access));
  return json_reply(items);
}

Result<net::Response> handle_access_request(Context& context, Call& call) {
  TRY(const auto name, repo_of(call.request));
  TRY(const auto body, parse_object(call.body));
  TRY(const auto user, text_field(body, "user"));
  TRY(const auto request_id, text_field(body, "requestId"));
  if (user.has_value() == request_id.has_value()) {
    return fail(ErrorKind::Invalid, "exactly one of \"user\" and \"requestId\" is required");
  }
  TRY(const auto status_text, required_text(body, "status"));
  service::Repos::AccessChange change{.user = user.value_or(""),
                                      .request_id = request_id.value_or(""),
                                      .status = AccessStatus::Pending};
  TRY(change.status, parse_status(status_text));
  TRY(const auto access,
      conflict_as(ErrorKind::NotFound, context.repos.handle_access(*call.caller, name, change)));
  return json_reply(request_json(call.request, access));
}

Result<net::Response> grant_access(Context& context, Call& call) {
  TRY(const auto name, repo_of(call.request));
  TRY(const auto body, parse_object(call.body));
  TRY(const auto user, required_text(body, "user"));
  TRY(const auto access,
      conflict_as(ErrorKind::Invalid, context.repos.grant_access(*call.caller, name, user)));
  return json_reply(request_json(call.request, access));
}

}  // namespace granary::api::hf
