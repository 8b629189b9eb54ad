// Info: one repo at a revision, and whether the caller may read or write it.
#pragma once

#include "api/hf/call.h"

namespace granary::api::hf {

/// GET /api/{type}s/{repo}[/revision/{rev}]
Result<net::Response> repo_info(Context& context, Call& call);
/// GET /api/{type}s/{repo}/auth-check
Result<net::Response> check_read(Context& context, Call& call);
/// GET /api/{type}s/{repo}/auth-check/write
Result<net::Response> check_write(Context& context, Call& call);

}  // namespace granary::api::hf
