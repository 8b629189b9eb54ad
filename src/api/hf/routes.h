// Routes: the hub API as one table of methods, patterns and handlers.
#pragma once

#include "api/hf/context.h"
#include "net/router.h"

namespace granary::api::hf {

/// Adds every route of the hub API, and the JSON 404 for unknown ones under /api, /v1, /v2 and
/// /oauth. Wrap the router's handler in with_hub_headers() (reply.h). `context` outlives the
/// router.
void mount(net::Router& router, Context& context);

}  // namespace granary::api::hf
