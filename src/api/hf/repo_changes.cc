// Repo changes: reading the bodies of old and new clients, and answers that exist_ok can live with.
#include "api/hf/repo_changes.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <utility>

#include "api/hf/errors.h"
#include "api/hf/fields.h"
#include "api/hf/names.h"
#include "api/hf/reply.h"
#include "service/repos.h"

namespace granary::api::hf {
namespace {

namespace json = boost::json;
using meta::RepoKind;
using meta::RepoName;

/// {name, organization, type}: the repo that create and delete speak of. Without an organisation it
/// is in the caller's own namespace.
Result<RepoName> read_repo_name(const Call& call, const json::object& body) {
  TRY(const auto type, text_field(body, "type"));
  TRY(const auto kind, parse_kind(type.value_or("model")));
  TRY(const auto id, required_text(body, "name"));
  TRY(auto name, parse_repo_id(kind, id));
  TRY(const auto organization, text_field(body, "organization"));
  if (organization && !organization->empty()) name.space = *organization;
  if (name.space.empty() && call.caller->user) name.space = call.caller->user->name;
  return name;
}

/// `visibility` of newer clients, `private` of older ones: overlooking either would publish what
/// was meant to be private.
Result<std::optional<meta::Visibility>> read_visibility(RepoKind kind, const json::object& body) {
  TRY(const auto visibility, text_field(body, "visibility"));
  TRY(const auto is_private, flag_field(body, "private"));
  if (!visibility) {
    if (!is_private) return std::nullopt;
    return *is_private ? meta::Visibility::Private : meta::Visibility::Public;
  }
  if (*visibility == "private") return meta::Visibility::Private;
  if (*visibility == "public") return meta::Visibility::Public;
  // A protected space hides its files; as nothing runs here, nothing of it is left to show.
  if (*visibility == "protected" && kind == RepoKind::Space) return meta::Visibility::Private;
  return fail(ErrorKind::Invalid, "\"visibility\" must be one of [public, private]");
}

/// The text of an initial file, decoded.
Result<service::InitialFile> read_initial_file(const json::value& value) {
  if (!value.is_object()) return fail(ErrorKind::Invalid, "\"files\" must hold objects");
  const auto& object = value.get_object();
  service::InitialFile file;
  TRY(file.path, required_text(object, "path"));
  TRY(const auto content, required_text(object, "content"));
  TRY(const auto encoding, text_field(object, "encoding"));
  if (encoding == "base64") {
    TRY(file.content, parse_base64(content));
  } else {
    const auto bytes = as_bytes(content);
    file.content.assign(bytes.begin(), bytes.end());
  }
  return file;
}

Result<std::vector<service::InitialFile>> read_initial_files(const json::object& body) {
  std::vector<service::InitialFile> files;
  const auto* value = body.if_contains("files");
  if (!value || value->is_null()) return files;
  if (!value->is_array()) return fail(ErrorKind::Invalid, "\"files\" must be a list");
  for (const auto& item : value->get_array()) {
    TRY(auto file, read_initial_file(item));
    files.push_back(std::move(file));
  }
  return files;
}

json::object created_json(const net::Request& request, const meta::Repo& repo) {
  return {{"url", url_of(request, repo.name)},
          {"name", repo.name.full()},
          {"id", repo.public_id},
          {"private", repo.visibility == meta::Visibility::Private}};
}

/// The answer to a name that is taken. Clients with exist_ok=True read `url` from a 409, so a 409
/// is only sent for a repo that is there; from a name retired for ever they learn by a 403, whose
/// text they show.
net::Response taken(Context& context, const Call& call, const RepoName& name, const Error& error) {
  const auto existing = context.access.find(*call.caller, name);
  if (!existing) return to_response(Error{ErrorKind::Denied, error.message});
  auto response = to_response(error);
  auto body = created_json(call.request, existing->repo);
  body["error"] = error.message;
  auto with_url = json_reply(body, response.status);
  response.content = std::move(with_url.content);
  return response;
}

Result<net::Response> created(Context& context, const Call& call, const RepoName& name,
                              Result<meta::Repo> repo) {
  if (repo) return json_reply(created_json(call.request, *repo));
  if (repo.error().kind == ErrorKind::Conflict) return taken(context, call, name, repo.error());
  return tl::unexpected(std::move(repo).error());
}

Result<std::optional<meta::Gating>> read_gating(const json::object& body) {
  const auto* value = body.if_contains("gated");
  if (!value || value->is_null()) return std::nullopt;
  if (value->is_bool() && !value->get_bool()) return meta::Gating::None;
  if (value->is_string() && value->get_string() == "auto") return meta::Gating::Automatic;
  if (value->is_string() && value->get_string() == "manual") return meta::Gating::Manual;
  return fail(ErrorKind::Invalid, "\"gated\" must be one of [auto, manual, false]");
}

std::string_view gated_text(meta::Gating gating) {
  return gating == meta::Gating::Automatic ? "auto" : "manual";
}

}  // namespace

Result<net::Response> create_repo(Context& context, Call& call) {
  TRY(const auto body, parse_object(call.body));
  service::CreateRepo fresh;
  TRY(fresh.name, read_repo_name(call, body));
  TRY(fresh.visibility, read_visibility(fresh.name.kind, body));
  TRY(const auto sdk, text_field(body, "sdk"));
  TRY(const auto license, text_field(body, "license"));
  TRY(fresh.files, read_initial_files(body));
  fresh.sdk = sdk.value_or("");
  fresh.license = license.value_or("");
  return created(context, call, fresh.name, context.repos.create(*call.caller, fresh));
}

Result<net::Response> delete_repo(Context& context, Call& call) {
  TRY(const auto body, parse_object(call.body));
  TRY(const auto name, read_repo_name(call, body));
  TRY_DONE(context.repos.remove(*call.caller, name));
  return json_reply(json::object());
}

Result<net::Response> move_repo(Context& context, Call& call) {
  TRY(const auto body, parse_object(call.body));
  TRY(const auto type, text_field(body, "type"));
  TRY(const auto kind, parse_kind(type.value_or("model")));
  TRY(const auto from_id, required_text(body, "fromRepo"));
  TRY(const auto from, parse_repo_id(kind, from_id));
  TRY(const auto to_id, required_text(body, "toRepo"));
  TRY(const auto to, parse_repo_id(kind, to_id));
  TRY(const auto repo, context.repos.move(*call.caller, from, to));
  return json_reply(created_json(call.request, repo));
}

Result<net::Response> change_settings(Context& context, Call& call) {
  TRY(const auto name, repo_of(call.request));
  TRY(const auto body, parse_object(call.body));
  meta::SettingsUpdate update;
  TRY(update.visibility, read_visibility(name.kind, body));
  TRY(update.gating, read_gating(body));
  TRY(const auto repo, context.repos.update_settings(*call.caller, name, update));
  const bool is_private = repo.visibility == meta::Visibility::Private;
  json::object settings{
      {"private", is_private}, {"visibility", is_private ? "private" : "public"}, {"gated", false}};
  if (repo.gating != meta::Gating::None) settings["gated"] = gated_text(repo.gating);
  return json_reply(settings);
}

Result<net::Response> duplicate_repo(Context& context, Call& call) {
  TRY(const auto from, repo_of(call.request));
  TRY(const auto body, parse_object(call.body));
  service::CreateRepo fresh;
  TRY(const auto id, required_text(body, "repository"));
  TRY(fresh.name, parse_repo_id(from.kind, id));
  TRY(fresh.visibility, read_visibility(from.kind, body));
  if (fresh.name.space.empty() && call.caller->user) fresh.name.space = call.caller->user->name;
  return created(context, call, fresh.name, context.repos.duplicate(*call.caller, from, fresh));
}

}  // namespace granary::api::hf
