// Preupload: how a client should send each file that it is about to commit.
#pragma once

#include "api/hf/call.h"

namespace granary::api::hf {

/// POST /api/{type}s/{repo}/preupload/{rev}
Result<net::Response> preupload(Context& context, Call& call);

}  // namespace granary::api::hf
