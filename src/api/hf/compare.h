// Compare: what changed between two revisions of a repo.
#pragma once

#include "api/hf/call.h"

namespace granary::api::hf {

/// GET /api/{type}/{repo}/compare/{path...}: "base..head", or one revision against its parent. A
/// unified diff as text; with ?raw=true a line per file.
/// Source: hf-hub API, section 5.
Result<net::Response> compare(Context& context, Call& call);

}  // namespace granary::api::hf
