// People: what clients ask of users and organisations.
#include "api/hf/people.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "api/hf/people_json.h"
#include "api/hf/reply.h"
#include "base/text.h"
#include "service/accounts.h"

namespace granary::api::hf {
namespace {

namespace json = boost::json;

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

/// Clients know "read" and "write"; an admin token is a write token to them.
std::string_view client_role(meta::TokenRole role) {
  return role == meta::TokenRole::Read ? "read" : "write";
}

Result<json::array> organizations_json(Context& context, const net::Request& request,
                                       const std::vector<meta::Membership>& memberships) {
  json::array organizations;
  for (const auto& membership : memberships) {
    TRY(const auto organization, context.accounts.find(membership.organization_name));
    auto object = organization_json(request, organization);
    object["roleInOrg"] = meta::name_of(membership.role);
    organizations.push_back(std::move(object));
  }
  return organizations;
}

json::object token_json(const meta::Token& token) {
  json::object object{{"displayName", token.name},
                      {"role", client_role(token.role)},
                      {"createdAt", format_time(token.created)}};
  if (token.expires) object["expiration"] = format_time(*token.expires);
  return object;
}

// "numX" of either kind of overview.
void add_counts(json::object& object, const service::NamespaceOverview& overview) {
  object["numModels"] = overview.model_count;
  object["numDatasets"] = overview.dataset_count;
  object["numSpaces"] = overview.space_count;
  object["numPapers"] = 0;
  object["numFollowers"] = 0;
}

Result<service::NamespaceOverview> find_overview(Context& context, const Call& call,
                                                 std::string_view name, meta::NamespaceKind kind) {
  TRY(auto overview, context.accounts.overview(*call.caller, name));
  if (overview.space.kind == kind) return overview;
  return fail(ErrorKind::NotFound, kind == meta::NamespaceKind::User
                                       ? "there is no such user"
                                       : "there is no such organization");
}

}  // namespace

std::string avatar_url(const net::Request& request, std::string_view name) {
  return request.base_url() + "/avatars/" + std::string(name) + ".svg";
}

json::object user_json(const net::Request& request, const meta::Namespace& user) {
  return {{"_id", user.public_id},
          {"user", user.name},
          {"fullname", user.full_name},
          {"avatarUrl", avatar_url(request, user.name)},
          {"isPro", false},
          {"type", "user"}};
}

json::object organization_json(const net::Request& request, const meta::Namespace& organization) {
  return {{"type", "org"},
          {"id", organization.public_id},
          {"name", organization.name},
          {"fullname", organization.full_name},
          {"email", nullptr},
          {"canPay", false},
          {"periodEnd", nullptr},
          {"isEnterprise", false},
          {"avatarUrl", avatar_url(request, organization.name)}};
}

Result<net::Response> whoami(Context& context, Call& call) {
  const auto& caller = *call.caller;
  if (caller.is_stranger()) {
    return fail(ErrorKind::Unauthenticated, "Invalid username or password.");
  }
  const auto& user = *caller.user;
  TRY(auto organizations, organizations_json(context, call.request, caller.memberships));
  return json_reply(json::object{
      {"type", "user"},
      {"id", user.public_id},
      {"name", user.name},
      {"fullname", user.full_name},
      {"email", text_or_null(user.email)},
      {"emailVerified", false},
      {"canPay", false},
      {"isPro", false},
      {"periodEnd", nullptr},
      {"avatarUrl", avatar_url(call.request, user.name)},
      {"orgs", std::move(organizations)},
      {"auth", {{"type", "access_token"}, {"accessToken", token_json(*caller.token)}}}});
}

Result<net::Response> user_overview(Context& context, Call& call) {
  const auto name = call.request.capture("user");
  TRY(const auto overview, find_overview(context, call, name, meta::NamespaceKind::User));
  auto object = user_json(call.request, overview.space);
  add_counts(object, overview);
  object["numDiscussions"] = 0;
  object["numUpvotes"] = 0;
  object["numLikes"] = overview.like_count;
  object["numFollowing"] = 0;
  object["createdAt"] = format_time(overview.space.created);
  TRY(object["orgs"], organizations_json(context, call.request, overview.memberships));
  return json_reply(object);
}

Result<net::Response> organization_overview(Context& context, Call& call) {
  const auto name = call.request.capture("organization");
  TRY(const auto overview, find_overview(context, call, name, meta::NamespaceKind::Organization));
  const auto& organization = overview.space;
  json::object object{{"_id", organization.public_id},
                      {"name", organization.name},
                      {"fullname", organization.full_name},
                      {"avatarUrl", avatar_url(call.request, organization.name)},
                      {"isVerified", false},
                      {"type", "org"},
                      {"createdAt", format_time(organization.created)},
                      {"numUsers", overview.member_count}};
  add_counts(object, overview);
  return json_reply(object);
}

Result<net::Response> organization_members(Context& context, Call& call) {
  TRY(const auto members, context.accounts.members(call.request.capture("organization")));
  json::array items;
  for (const auto& member : members) items.push_back(user_json(call.request, member));
  return json_reply(items);
}

Result<net::Response> no_followers(Context& context, Call& call) {
  TRY_DONE(context.accounts.find(call.request.capture("name")));
  return json_reply(json::array());
}

Result<net::Response> avatar(Context& context, Call& call) {
  TRY(const auto space, context.accounts.find(call.request.capture("name")));
  // A disc in a colour of the name's own, with its first letter.
  unsigned hue = 0;
  for (const char c : to_lower(space.name)) hue = (hue * 31 + static_cast<unsigned char>(c)) % 360;
  auto response = net::Response::text(
      200,
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 64 64\">"
      "<circle cx=\"32\" cy=\"32\" r=\"32\" fill=\"hsl(" +
          std::to_string(hue) +
          ",45%,45%)\"/><text x=\"32\" y=\"43\" font-family=\"sans-serif\" font-size=\"32\" "
          "text-anchor=\"middle\" fill=\"white\">" +
          to_upper(space.name.substr(0, 1)) + "</text></svg>");
  response.headers.set("Content-Type", "image/svg+xml");
  response.headers.add("Content-Security-Policy", "default-src 'none'; sandbox");
  return response;
}

}  // namespace granary::api::hf
