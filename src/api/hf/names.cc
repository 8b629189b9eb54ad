// Names: kinds, ids and URLs.
#include "api/hf/names.h"

#include <utility>

#include "service/names.h"

namespace granary::api::hf {

using meta::RepoKind;
using meta::RepoName;

std::string_view plural_of(RepoKind kind) {
  switch (kind) {
    case RepoKind::Model:
      return "models";
    case RepoKind::Dataset:
      return "datasets";
    case RepoKind::Space:
      return "spaces";
  }
  return "models";
}

std::optional<RepoKind> kind_of_plural(std::string_view plural) {
  for (const auto kind : {RepoKind::Model, RepoKind::Dataset, RepoKind::Space}) {
    if (plural == plural_of(kind)) return kind;
  }
  return std::nullopt;
}

Result<RepoKind> parse_kind(std::string_view singular) {
  for (const auto kind : {RepoKind::Model, RepoKind::Dataset, RepoKind::Space}) {
    if (singular == meta::name_of(kind)) return kind;
  }
  return fail(ErrorKind::Invalid, "\"type\" must be one of [model, dataset, space]");
}

Result<RepoName> repo_of(const net::Request& request) {
  const auto type = request.capture("type");
  const auto kind = type.empty() ? RepoKind::Model : kind_of_plural(type);
  if (!kind) return fail(ErrorKind::RepoNotFound, "Repository Not Found: no such kind");
  auto name = parse_repo_id(*kind, request.capture("repo"));
  if (name) return name;
  return fail(ErrorKind::RepoNotFound, "Repository Not Found: " + name.error().message);
}

Result<RepoName> parse_repo_id(RepoKind kind, std::string_view id) {
  RepoName name{.kind = kind, .space = "", .name = std::string(id)};
  if (const auto slash = id.find('/'); slash != std::string_view::npos) {
    name.space = std::string(id.substr(0, slash));
    name.name = std::string(id.substr(slash + 1));
    TRY_DONE(service::check_name(name.space));
  }
  TRY_DONE(service::check_name(name.name));
  return name;
}

std::string path_of(const RepoName& name) {
  if (name.kind == RepoKind::Model) return name.full();
  return std::string(plural_of(name.kind)) + "/" + name.full();
}

std::string moved_target(const net::Request& request, const RepoName& now) {
  const std::string_view target = request.raw_target();
  const std::string_view old = request.capture("repo");
  // The id is the first one or two segments, as sent, that decode to what the route matched.
  for (std::size_t start = 0; start < target.size(); start = target.find('/', start + 1)) {
    std::size_t end = start;
    for (int segment_count = 1; segment_count <= 2 && end != std::string_view::npos;
         ++segment_count) {
      end = target.find_first_of("/?", end + 1);
      const auto piece = net::percent_decode(target.substr(start + 1, end - start - 1));
      if (!piece || *piece != old) continue;
      const auto rest = end == std::string_view::npos ? "" : target.substr(end);
      return std::string(target.substr(0, start + 1)) + now.full() + std::string(rest);
    }
  }
  return "/" + path_of(now);
}

std::string url_of(const net::Request& request, const RepoName& name) {
  return request.base_url() + "/" + path_of(name);
}

}  // namespace granary::api::hf
