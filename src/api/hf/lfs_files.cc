// LFS files as JSON. A file's SHA-256 is its id here, for deletion, too.
#include "api/hf/lfs_files.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <utility>
#include <vector>

#include "api/hf/fields.h"
#include "api/hf/names.h"
#include "api/hf/reply.h"
#include "base/env.h"
#include "base/limits.h"
#include "service/lfs_files.h"

namespace granary::api::hf {
namespace {

namespace json = boost::json;

/// The cursor is how many files the pages before it held.
Result<std::uint64_t> cursor_of(const net::Request& request) {
  const std::string_view text = request.query("cursor").value_or("0");
  std::uint64_t skip = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), skip);
  if (error != std::errc() || end != text.data() + text.size()) {
    return fail(ErrorKind::Invalid, "\"cursor\" is not one of ours");
  }
  return skip;
}

json::object to_json(const meta::RepoFile& file) {
  const std::string sha256 = file.sha256.to_string();
  json::object object;
  object.emplace("fileOid", sha256);
  object.emplace("filename", file.path);
  object.emplace("oid", sha256);
  object.emplace("pushedAt", format_time(file.pushed));
  object.emplace("ref", file.ref);
  object.emplace("size", file.size_bytes);
  return object;
}

Result<Sha256> parse_sha256(const json::value& value) {
  if (value.is_string()) {
    if (auto sha256 = Sha256::parse(std::string_view(value.get_string()))) return sha256;
  }
  return fail(ErrorKind::Invalid, "a file's id must be 64 hex digits");
}

Result<const json::array*> list_field(const json::object& fields, std::string_view key) {
  const json::value* value = fields.if_contains(key);
  if (value == nullptr || !value->is_array()) {
    return fail(ErrorKind::Invalid, "\"" + std::string(key) + "\" must be a list");
  }
  if (value->get_array().size() > limits::kLfsBatchObjectCountMax) {
    return fail(ErrorKind::TooLarge, "more than 1000 files at once");
  }
  return &value->get_array();
}

Result<const json::object*> object_field(const json::object& fields, std::string_view key) {
  const json::value* value = fields.if_contains(key);
  if (value == nullptr || !value->is_object()) {
    return fail(ErrorKind::Invalid, "\"" + std::string(key) + "\" must be an object");
  }
  return &value->get_object();
}

}  // namespace

Result<net::Response> list_lfs_files(Context& context, Call& call) {
  TRY(const auto name, repo_of(call.request));
  TRY(const auto limit,
      query_limit(call.request, limits::kListPageCountMax, limits::kListPageCountMax));
  TRY(const auto skip, cursor_of(call.request));
  TRY(auto files, context.lfs_files.list(*call.caller, name, skip, limit + 1));
  const bool has_more = files.size() > limit;
  if (has_more) files.pop_back();
  json::array list;
  for (const meta::RepoFile& file : files) list.push_back(to_json(file));
  auto response = json_reply(list);
  if (has_more) add_next_link(response, call.request, std::to_string(skip + limit));
  return response;
}

Result<net::Response> delete_lfs_files(Context& context, Call& call) {
  TRY(const auto name, repo_of(call.request));
  TRY(const auto fields, parse_object(call.body));
  TRY(const auto* deletions, object_field(fields, "deletions"));
  TRY(const auto* list, list_field(*deletions, "sha"));
  TRY(const auto rewrite, flag_field(*deletions, "rewriteHistory"));
  std::vector<Sha256> files;
  for (const json::value& value : *list) {
    TRY(const auto sha256, parse_sha256(value));
    files.push_back(sha256);
  }
  TRY_DONE(context.lfs_files.remove(
      *call.caller, name, files,
      rewrite.value_or(true) ? service::PastCommits::Rewritten : service::PastCommits::Kept));
  json::object reply;
  reply.emplace("success", true);
  return json_reply(reply);
}

Result<net::Response> duplicate_lfs_files(Context& context, Call& call) {
  TRY(const auto source, repo_of(call.request));
  TRY(const auto fields, parse_object(call.body));
  TRY(const auto* target, object_field(fields, "target"));
  TRY(const auto type, required_text(*target, "type"));
  TRY(const auto id, required_text(*target, "name"));
  TRY(const auto kind, parse_kind(type));
  TRY(const auto target_name, parse_repo_id(kind, id));
  TRY(const auto* list, list_field(fields, "files"));
  std::vector<Sha256> files;
  for (const json::value& value : *list) {
    const json::object* file = value.if_object();
    const json::value* sha256_text = file == nullptr ? nullptr : file->if_contains("sha256");
    TRY(const auto sha256, parse_sha256(sha256_text == nullptr ? json::value() : *sha256_text));
    files.push_back(sha256);
  }
  TRY(const auto given, context.lfs_files.duplicate(*call.caller, source, target_name, files));
  json::array failed;
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (given[i]) continue;
    json::object failure;
    failure.emplace("sha256", files[i].to_string());
    failure.emplace("error", "the source does not hold this file");
    failed.push_back(std::move(failure));
  }
  json::object reply;
  reply.emplace("failed", std::move(failed));
  return json_reply(reply);
}

}  // namespace granary::api::hf
