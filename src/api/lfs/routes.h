// Routes: Git LFS as one table of methods, patterns and handlers.
#pragma once

#include "api/lfs/context.h"
#include "net/router.h"

namespace granary::api::lfs {

/// Adds every LFS route. `context` outlives the router.
void mount(net::Router& router, Context& context);

}  // namespace granary::api::lfs
