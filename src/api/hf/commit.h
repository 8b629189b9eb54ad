// Commit: a stream of operations that become one commit on a branch.
#pragma once

#include "api/hf/call.h"

namespace granary::api::hf {

/// POST /api/{type}s/{repo}/commit/{rev}
Task<net::Response> commit(Context& context, net::Request& request);

}  // namespace granary::api::hf
