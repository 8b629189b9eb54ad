// Listing: pages of repos as JSON.
#include "api/hf/listing.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <utility>

#include "api/hf/fields.h"
#include "api/hf/listing_query.h"
#include "api/hf/names.h"
#include "api/hf/reply.h"
#include "api/hf/repo_json.h"
#include "base/limits.h"
#include "service/accounts.h"

namespace granary::api::hf {
namespace {

namespace json = boost::json;
using meta::RepoKind;

FieldChoice choice_of(RepoKind kind, const net::Request& request) {
  FieldChoice choice;
  choice.set = FieldSet::Item;
  choice.expand = query_list(request, "expand");
  if (query_flag(request, "full")) {
    choice.set = FieldSet::Full;
    // For datasets and spaces, clients expect the card with it.
    if (kind != RepoKind::Model) choice.extra.emplace_back("cardData");
  }
  for (const char* name : {"cardData", "config"}) {
    if (query_flag(request, name)) choice.extra.emplace_back(name);
  }
  return choice;
}

Result<json::object> item_json(Context& context, const meta::ListedRepo& listed,
                               const FieldChoice& choice) {
  std::vector<service::SnapshotFile> files;
  const bool with_files = needs_files(listed.repo.name.kind, choice);
  if (with_files) {
    TRY(files, context.browser.files_of(listed));
  }
  const auto& head = listed.summary.head;
  return repo_json(RepoView{.repo = listed.repo,
                            .summary = listed.summary,
                            .sha = head ? head->to_string() : "",
                            .modified = listed.repo.modified,
                            .files = with_files ? &files : nullptr},
                   choice);
}

/// The group that a tag is shown in: "license" of "license:mit".
std::string type_of_tag(const std::string& tag) {
  if (const auto colon = tag.find(':'); colon != std::string::npos) return tag.substr(0, colon);
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return tag.size() == 2 && std::ranges::all_of(tag, is_lower) ? "language" : "other";
}

Result<net::Response> tags_by_type(Context& context, RepoKind kind) {
  TRY(const auto tags, context.browser.tags(kind));
  json::object types;
  for (const auto& counted : tags) {
    const std::string type = type_of_tag(counted.tag);
    auto label = counted.tag;
    if (label.starts_with(type + ":")) label = label.substr(type.size() + 1);
    if (!types.contains(type)) types[type] = json::array();
    types[type].get_array().push_back(
        json::object{{"id", counted.tag}, {"label", std::move(label)}, {"type", type}});
  }
  return json_reply(types);
}

/// The namespace whose repos are asked for, if the caller belongs to it.
Result<meta::Namespace> find_own_namespace(Context& context, const Call& call) {
  const auto& caller = *call.caller;
  if (caller.is_stranger()) {
    return fail(ErrorKind::Unauthenticated, "listing your repositories needs a token");
  }
  const auto name = call.request.capture("organization");
  if (name.empty()) return *caller.user;
  TRY(auto space, context.accounts.find(name));
  if (caller.is_instance_admin() || caller.role_in(space.id)) return space;
  return fail(ErrorKind::Denied, "you are no member of " + space.name);
}

struct OwnRepos {
  std::vector<meta::ListedRepo> repos;
  std::uint64_t used_storage_bytes = 0;
};

Result<OwnRepos> list_own(Context& context, const Call& call, const meta::Namespace& space) {
  OwnRepos own;
  for (const auto kind : {RepoKind::Model, RepoKind::Dataset, RepoKind::Space}) {
    meta::RepoQuery query;
    query.kind = kind;
    query.owner = space.name;
    query.sort = meta::RepoSort::Id;
    do {
      TRY(auto page, context.browser.list(*call.caller, query));
      for (auto& listed : page.repos) {
        own.used_storage_bytes += listed.summary.used_storage_bytes;
        own.repos.push_back(std::move(listed));
      }
      query.cursor = std::move(page.next_cursor);
    } while (!query.cursor.empty() && own.repos.size() < limits::kOwnRepoCountMax);
  }
  return own;
}

}  // namespace

Result<net::Response> list_repos(Context& context, Call& call) {
  const auto& request = call.request;
  const auto kind = kind_of_plural(request.capture("type"));
  GRANARY_ASSERT(kind);
  const auto choice = choice_of(*kind, request);
  TRY_DONE(check_expand(*kind, choice.expand));
  TRY(auto listing, parse_listing_query(*kind, request));
  if (listing.matches_nothing) return json_reply(json::array());
  if (needs_files(*kind, choice)) {
    listing.repos.limit = std::min(listing.repos.limit, limits::kListWithFilesPageCountMax);
  }
  TRY(const auto page, context.browser.list(*call.caller, std::move(listing.repos)));
  json::array items;
  for (const auto& listed : page.repos) {
    TRY(auto item, item_json(context, listed, choice));
    items.push_back(std::move(item));
  }
  auto response = json_reply(items);
  add_next_link(response, request, page.next_cursor);
  return response;
}

Result<net::Response> model_tags(Context& context, Call&) {
  return tags_by_type(context, RepoKind::Model);
}

Result<net::Response> dataset_tags(Context& context, Call&) {
  return tags_by_type(context, RepoKind::Dataset);
}

Result<net::Response> own_repos(Context& context, Call& call) {
  TRY(const auto space, find_own_namespace(context, call));
  TRY(const auto own, list_own(context, call, space));
  json::array items;
  for (const auto& listed : own.repos) {
    const auto& repo = listed.repo;
    const auto used_bytes = static_cast<double>(listed.summary.used_storage_bytes);
    const auto all_bytes = static_cast<double>(std::max<std::uint64_t>(own.used_storage_bytes, 1));
    const bool is_private = repo.visibility == meta::Visibility::Private;
    items.push_back(json::object{{"id", repo.name.full()},
                                 {"type", meta::name_of(repo.name.kind)},
                                 {"updatedAt", format_time(repo.modified)},
                                 {"visibility", is_private ? "private" : "public"},
                                 {"storage", listed.summary.used_storage_bytes},
                                 {"storagePercent", used_bytes / all_bytes * 100}});
  }
  return json_reply(items);
}

}  // namespace granary::api::hf
