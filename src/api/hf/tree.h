// Tree and paths-info: what lies at the paths of a revision, as lists of entries.
#pragma once

#include "api/hf/call.h"

namespace granary::api::hf {

/// GET /api/{type}/{repo}/tree/{rev}/{path...}?recursive&expand&cursor&limit: a folder's entries.
/// Without `expand` a page holds limits::kTreePageCount: llama.cpp reads only one.
/// Source: hf-hub API, sections 5 and 10.
Result<net::Response> tree(Context& context, Call& call);

/// POST /api/{type}/{repo}/paths-info/{rev}, as a form or as JSON: the entries of those paths that
/// exist. Errors: TooLarge over limits::kPathsInfoCountMax paths.
Result<net::Response> paths_info(Context& context, Call& call);

}  // namespace granary::api::hf
