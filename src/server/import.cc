// `granary import`: which repository a folder becomes, and who publishes it.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "server/admin_work.h"
#include "server/instance.h"
#include "service/import.h"

namespace granary::server {
namespace {

// A repository and the folder that holds its files.
struct Source {
  std::string folder;
  meta::RepoName repo;
};

struct CachePrefix {
  std::string_view prefix;
  meta::RepoKind kind;
};
constexpr CachePrefix kCachePrefixes[] = {{"models--", meta::RepoKind::Model},
                                          {"datasets--", meta::RepoKind::Dataset},
                                          {"spaces--", meta::RepoKind::Space}};

std::string_view last_part(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return path.substr(path.find_last_of('/') + 1);
}

// "models--ns--name" of a Hugging Face cache; a bare "models--name" has no namespace and is none.
std::optional<meta::RepoName> repo_of_cache_folder(std::string_view name) {
  for (const CachePrefix& row : kCachePrefixes) {
    if (!name.starts_with(row.prefix)) continue;
    const std::string_view id = name.substr(row.prefix.size());
    const std::size_t middle = id.find("--");
    if (middle == std::string_view::npos) return std::nullopt;
    return meta::RepoName{.kind = row.kind,
                          .space = std::string(id.substr(0, middle)),
                          .name = std::string(id.substr(middle + 2))};
  }
  return std::nullopt;
}

// The files of a cached repository: the snapshot that refs/main names, else the newest one.
Result<std::string> snapshot_of(FileSystem& files, const std::string& folder) {
  if (auto ref = files.open(folder + "/refs/main", OpenMode::Read)) {
    Bytes text(64);
    TRY(const std::size_t got, (*ref)->read_at(0, text));
    const std::string commit(trim(as_text(ByteView(text).first(got))));
    const std::string snapshot = folder + "/snapshots/" + commit;
    if (commit.find('/') == std::string::npos && files.stat(snapshot)) return snapshot;
  }
  TRY(const auto names, files.list(folder + "/snapshots"));
  std::optional<std::pair<WallTime, std::string>> newest;
  for (const std::string& name : names) {
    const std::string path = folder + "/snapshots/" + name;
    TRY(const FileStat info, files.stat(path));
    const std::pair candidate(info.modified, path);
    if (info.is_directory && (!newest || candidate > *newest)) newest = candidate;
  }
  if (!newest) return fail(ErrorKind::Invalid, folder + " is a cache folder without a snapshot");
  return newest->second;
}

Result<std::vector<Source>> find_sources(AdminCall& call, const std::string& folder) {
  FileSystem& files = call.instance.env().files;
  auto info = files.stat(folder);
  if (!info) return fail(ErrorKind::NotFound, "there is no folder " + folder);
  if (!info->is_directory) return fail(ErrorKind::Invalid, folder + " is a file, not a folder");

  const bool is_cached_repo = files.stat(folder + "/snapshots").has_value();
  std::vector<Source> sources;
  if (call.has("repo")) {
    TRY(const meta::RepoName repo, call.repo_name("repo"));
    std::string from = folder;
    if (is_cached_repo) {
      TRY(from, snapshot_of(files, folder));
    }
    sources.push_back({std::move(from), repo});
    return sources;
  }
  if (const auto repo = repo_of_cache_folder(last_part(folder)); repo && is_cached_repo) {
    TRY(std::string snapshot, snapshot_of(files, folder));
    sources.push_back({std::move(snapshot), *repo});
    return sources;
  }
  // A whole cache: every repository in it.
  TRY(const auto names, files.list(folder));
  for (const std::string& name : names) {
    const auto repo = repo_of_cache_folder(name);
    if (!repo || !files.stat(folder + "/" + name + "/snapshots")) continue;
    TRY(std::string snapshot, snapshot_of(files, folder + "/" + name));
    sources.push_back({std::move(snapshot), *repo});
  }
  if (sources.empty()) {
    return fail(ErrorKind::Invalid,
                "say what to call it: granary import " + folder + " NAMESPACE/NAME");
  }
  return sources;
}

// The person who publishes, with the rights of whoever sits at the machine.
Result<service::Caller> publisher_of(AdminCall& call) {
  const std::string name = call.has("user") ? call.text("user") : "admin";
  service::Caller caller = call.caller;
  TRY(caller.user, call.instance.accounts().find(name));
  caller.user->instance_admin = true;
  return caller;
}

// Makes the namespace, as an organisation of the publisher, and the repository where they are
// missing.
Result<void> make_repo(AdminCall& call, const service::Caller& publisher,
                       const meta::RepoName& name) {
  if (call.instance.access().find(publisher, name)) return {};
  if (!call.instance.accounts().find(name.space)) {
    TRY_DONE(call.instance.accounts().create_organization(
        call.caller, {.name = name.space, .owner = publisher.user->name}));
  }
  const service::CreateRepo fresh{
      .name = name,
      .visibility = call.has("private") ? meta::Visibility::Private : meta::Visibility::Public,
      .sdk = name.kind == meta::RepoKind::Space ? "static" : ""};
  TRY_DONE(call.instance.repos().create(publisher, fresh));
  return {};
}

}  // namespace

Result<std::string> import_folder(AdminCall& call) {
  const std::string folder = call.text("folder");
  TRY(const auto sources, find_sources(call, folder));
  TRY(const service::Caller publisher, publisher_of(call));
  std::string output;
  for (const Source& source : sources) {
    TRY_DONE(make_repo(call, publisher, source.repo));
    const std::string phase = source.repo.full();
    const auto report = [&](std::uint64_t done, std::uint64_t total) {
      call.report({.phase = phase, .done = done, .total = total});
    };
    const service::ImportFolder wanted{.folder = source.folder,
                                       .repo = source.repo,
                                       .message = call.has("message")
                                                      ? call.text("message")
                                                      : "Import " + std::string(last_part(folder))};
    TRY(const auto imported, call.instance.importer().import_folder(publisher, wanted, report));
    output += fmt::format("{} {}: {} files, {}, commit {}{}\n", name_of(source.repo.kind),
                          source.repo.full(), imported.file_count, format_size(imported.size_bytes),
                          imported.published.commit.to_string(),
                          imported.published.is_new ? "" : " (nothing had changed)");
  }
  return output;
}

}  // namespace granary::server
