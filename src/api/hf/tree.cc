// Pages of a tree are cut by path and pinned to the commit that the first page showed.
#include "api/hf/tree.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/hf/commit_text.h"
#include "api/hf/fields.h"
#include "api/hf/form.h"
#include "api/hf/place.h"
#include "api/hf/reply.h"
#include "service/history.h"
#include "service/trees.h"

namespace granary::api::hf {

namespace {

namespace json = boost::json;

using LastCommits = std::vector<std::optional<meta::CommitInfo>>;

json::object entry_json(const service::PathInfo& info,
                        const std::optional<meta::CommitInfo>& last_commit) {
  json::object entry{{"type", info.is_directory ? "directory" : "file"},
                     {"oid", info.oid.to_string()},
                     {"size", info.size_bytes},
                     {"path", info.path}};
  if (info.lfs) {
    entry["lfs"] = {{"oid", info.lfs->sha256.to_string()},
                    {"size", info.lfs->size_bytes},
                    {"pointerSize", info.pointer_size_bytes}};
  }
  if (info.xet_hash) entry["xetHash"] = info.xet_hash->to_string();
  if (last_commit) {
    entry["lastCommit"] = {{"id", last_commit->oid.to_string()},
                           {"title", split_message(last_commit->message).title},
                           {"date", format_time(last_commit->time)}};
  }
  return entry;
}

Result<json::array> entries_json(Context& context, const Place& place,
                                 const std::vector<service::PathInfo>& entries, bool with_commits) {
  LastCommits last_commits(entries.size());
  if (with_commits) {
    TRY(last_commits, context.history.last_commits(place.repo(), place.revision.commit, entries));
  }
  json::array list;
  list.reserve(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    list.push_back(entry_json(entries[i], last_commits[i]));
  }
  return list;
}

/// Where a page starts: "<commit>:<path>". Later pages show the commit that the first one showed,
/// whatever the branch does meanwhile.
struct Cursor {
  std::string commit;
  std::string after;

  std::string text() const { return commit + ":" + after; }

  static Result<Cursor> parse(std::string_view text) {
    constexpr std::size_t kCommitSize = 2 * GitOid::kSizeBytes;
    if (text.size() <= kCommitSize || text[kCommitSize] != ':') {
      return fail(ErrorKind::Invalid, "bad cursor");
    }
    TRY(const auto commit, GitOid::parse(text.substr(0, kCommitSize)));
    return Cursor{commit.to_string(), std::string(text.substr(kCommitSize + 1))};
  }
};

/// The folder of the route, without the '/' that some clients put at its end.
std::string folder_of(const net::Request& request) {
  std::string_view folder = request.capture("path");
  while (folder.ends_with('/')) folder.remove_suffix(1);
  return std::string(folder);
}

struct WantedPaths {
  std::vector<std::string> paths;
  bool expand = false;
};

Result<WantedPaths> parse_json_paths(std::string_view body) {
  TRY(const auto fields, parse_object(body));
  WantedPaths wanted;
  TRY(const auto expand, flag_field(fields, "expand"));
  wanted.expand = expand.value_or(false);
  const json::value* paths = fields.if_contains("paths");
  if (paths && paths->is_string()) wanted.paths.emplace_back(paths->get_string());
  if (paths && paths->is_array()) {
    for (const json::value& path : paths->get_array()) {
      if (!path.is_string()) return fail(ErrorKind::Invalid, "\"paths\" must be strings");
      wanted.paths.emplace_back(path.get_string());
    }
  } else if (!paths || !paths->is_string()) {
    return fail(ErrorKind::Invalid, "\"paths\" must be a list of strings");
  }
  return wanted;
}

Result<WantedPaths> parse_form_paths(std::string_view body) {
  TRY(auto fields, parse_form(body, limits::kPathsInfoCountMax + 16));
  WantedPaths wanted;
  for (FormField& field : fields) {
    if (field.name == "paths" || field.name == "paths[]") {
      wanted.paths.push_back(std::move(field.value));
    } else if (field.name == "expand") {
      wanted.expand = field.value == "true" || field.value == "True" || field.value == "1";
    }
  }
  return wanted;
}

Result<WantedPaths> wanted_paths_of(const Call& call) {
  const auto type = call.request.header("Content-Type");
  const bool is_json = type && type->starts_with("application/json");
  TRY(auto wanted, is_json ? parse_json_paths(call.body) : parse_form_paths(call.body));
  if (wanted.paths.size() > limits::kPathsInfoCountMax) {
    return fail(ErrorKind::TooLarge, "more than " + std::to_string(limits::kPathsInfoCountMax) +
                                         " paths in one request");
  }
  return wanted;
}

}  // namespace

Result<net::Response> tree(Context& context, Call& call) {
  TRY(auto place, find_place(context, call));
  if (place.by_old_name()) return moved_to(call.request, place.visible.repo.name);
  const bool expand = query_flag(call.request, "expand");
  const std::size_t page_count = expand ? limits::kTreeExpandPageCount : limits::kTreePageCount;
  TRY(const auto limit, query_limit(call.request, page_count, page_count));

  service::TreeQuery query;
  query.repo = place.repo();
  query.folder = folder_of(call.request);
  query.recursive = query_flag(call.request, "recursive");
  query.limit = limit;
  if (const auto text = call.request.query("cursor"); text && !text->empty()) {
    TRY(auto cursor, Cursor::parse(*text));
    TRY(place.revision, context.history.revision(place.repo(), cursor.commit));
    query.after = std::move(cursor.after);
  }
  query.tree = place.revision.commit.tree;
  TRY(const auto page, context.trees.list(query));
  TRY(const auto list, entries_json(context, place, page.entries, expand));
  net::Response response = json_reply(list);
  add_place_headers(response, place);
  if (page.has_more) {
    const Cursor next{place.revision.commit.oid.to_string(), page.entries.back().path};
    add_next_link(response, call.request, next.text());
  }
  return response;
}

Result<net::Response> paths_info(Context& context, Call& call) {
  TRY(const auto place, find_place(context, call));
  TRY(const auto wanted, wanted_paths_of(call));
  TRY(const auto entries,
      context.trees.find_all(place.repo(), place.revision.commit.tree, wanted.paths));
  TRY(const auto list, entries_json(context, place, entries, wanted.expand));
  net::Response response = json_reply(list);
  add_place_headers(response, place);
  return response;
}

}  // namespace granary::api::hf
