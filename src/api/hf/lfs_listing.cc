// LFS listing: pages by number of files passed over, and the ids that deletion takes.
#include "api/hf/lfs_listing.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "api/hf/fields.h"
#include "api/hf/names.h"
#include "api/hf/reply.h"
#include "base/limits.h"
#include "service/lfs_files.h"

namespace granary::api::hf {
namespace {

namespace json = boost::json;

Result<std::uint64_t> read_cursor(const net::Request& request) {
  const std::string_view text = request.query("cursor").value_or("0");
  std::uint64_t skip = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), skip);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return fail(ErrorKind::Invalid, "\"cursor\" is not one of this server's");
  }
  return skip;
}

// "main" for the main branch, the whole name for other refs, as clients expect of it.
std::string shown_ref(const std::string& ref) { return ref == "refs/heads/main" ? "main" : ref; }

Result<std::vector<Sha256>> read_ids(const json::value* list, std::string_view key) {
  if (list == nullptr || !list->is_array()) {
    return fail(ErrorKind::Invalid, "\"" + std::string(key) + "\" must be a list");
  }
  if (list->get_array().size() > limits::kLfsBatchObjectCountMax) {
    return fail(ErrorKind::TooLarge, "more than 1000 files in one call");
  }
  std::vector<Sha256> ids;
  for (const json::value& value : list->get_array()) {
    const json::value* id = &value;
    if (value.is_object()) id = value.get_object().if_contains("sha256");
    if (id == nullptr || !id->is_string()) return fail(ErrorKind::Invalid, "ids are strings");
    TRY(const Sha256 sha256, Sha256::parse(std::string_view(id->get_string())));
    ids.push_back(sha256);
  }
  return ids;
}

}  // namespace

Result<net::Response> list_lfs_files(Context& context, Call& call) {
  TRY(const auto name, repo_of(call.request));
  TRY(const std::uint64_t skip, read_cursor(call.request));
  TRY(const std::size_t limit,
      query_limit(call.request, limits::kListPageCountMax, limits::kListPageCountMax));
  // One more than is shown tells whether there is a next page.
  TRY(const auto files, context.lfs_files.list(*call.caller, name, skip, limit + 1));
  json::array list;
  for (const meta::RepoFile& file : files) {
    if (list.size() == limit) break;
    const std::string sha256 = file.sha256.to_string();
    list.push_back(json::object{{"fileOid", sha256},
                                {"filename", file.path},
                                {"oid", sha256},
                                {"pushedAt", format_time(file.pushed)},
                                {"ref", shown_ref(file.ref)},
                                {"size", file.size_bytes}});
  }
  net::Response response = json_reply(list);
  if (files.size() > limit) {
    add_next_link(response, call.request, std::to_string(skip + limit));
  }
  return response;
}

Result<net::Response> delete_lfs_files(Context& context, Call& call) {
  TRY(const auto name, repo_of(call.request));
  TRY(const auto body, parse_object(call.body));
  const json::value* deletions = body.if_contains("deletions");
  if (deletions == nullptr || !deletions->is_object()) {
    return fail(ErrorKind::Invalid, "\"deletions\" must be an object");
  }
  const json::object& wanted = deletions->get_object();
  TRY(const auto ids, read_ids(wanted.if_contains("sha"), "sha"));
  TRY(const auto rewrite, flag_field(wanted, "rewriteHistory"));
  const auto past =
      rewrite.value_or(false) ? service::PastCommits::Rewritten : service::PastCommits::Kept;
  TRY_DONE(context.lfs_files.remove(*call.caller, name, ids, past));
  return json_reply(json::object{});
}

Result<net::Response> duplicate_lfs_files(Context& context, Call& call) {
  TRY(const auto from, repo_of(call.request));
  TRY(const auto body, parse_object(call.body));
  const json::value* target = body.if_contains("target");
  if (target == nullptr || !target->is_object()) {
    return fail(ErrorKind::Invalid, "\"target\" must be an object");
  }
  TRY(const auto type, required_text(target->get_object(), "type"));
  TRY(const auto id, required_text(target->get_object(), "name"));
  TRY(const auto kind, parse_kind(type));
  TRY(const auto to, parse_repo_id(kind, id));
  TRY(const auto ids, read_ids(body.if_contains("files"), "files"));
  TRY(const auto done, context.lfs_files.duplicate(*call.caller, from, to, ids));
  json::array failed;
  for (std::size_t index = 0; index < done.size(); ++index) {
    if (done[index]) continue;
    failed.push_back(json::object{{"sha256", ids[index].to_string()},
                                  {"error", "the file is not there, or may not be read"}});
  }
  return json_reply(json::object{{"failed", std::move(failed)}});
}

}  // namespace granary::api::hf
