// Refs and commits: branches, tags and the history of a revision.
#pragma once

#include "api/hf/call.h"

namespace granary::api::hf {

/// GET /api/{type}/{repo}/refs?include_prs: every list is there, also when empty.
Result<net::Response> refs(Context& context, Call& call);

/// GET /api/{type}/{repo}/commits/{rev}?limit&expand[]=formatted: newest first, in pages, with
/// X-Total-Count.
Result<net::Response> commits(Context& context, Call& call);

}  // namespace granary::api::hf
