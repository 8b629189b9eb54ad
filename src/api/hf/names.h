// Names: repo kinds, ids and URLs as the hub API spells them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/request.h"
#include "service/access.h"

namespace granary::api::hf {

/// "models", "datasets" or "spaces".
std::string_view plural_of(meta::RepoKind kind);
std::optional<meta::RepoKind> kind_of_plural(std::string_view plural);
/// "model", "dataset" or "space", as JSON bodies say it. Errors: Invalid.
Result<meta::RepoKind> parse_kind(std::string_view singular);

/// The repo that the route's captures name: {repo}, with its kind in {type}; a model without that.
/// A bare "name" gives an empty namespace, which no repo has. Errors: RepoNotFound if it is no id.
Result<meta::RepoName> repo_of(const net::Request& request);
/// "ns/name", or "name" (an empty namespace). Errors: Invalid.
Result<meta::RepoName> parse_repo_id(meta::RepoKind kind, std::string_view id);

/// "ns/name" for a model, "datasets/ns/name", "spaces/ns/name": a repo's path below the root.
std::string path_of(const meta::RepoName& name);
/// The request's target with the repo's present id in place of the one that {repo} matched: where a
/// repo found by an old name is redirected to. Begins with '/'; put base_url() before it to be
/// absolute.
std::string moved_target(const net::Request& request, const meta::RepoName& now);
/// The absolute URL of a repo's page, on the host that the client used.
std::string url_of(const net::Request& request, const meta::RepoName& name);

}  // namespace granary::api::hf
