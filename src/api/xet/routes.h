// Routes of the Xet protocol's data plane (CAS), below `kCasPath`.
#pragma once

#include <string_view>

#include "api/xet/context.h"
#include "net/request.h"
#include "net/router.h"

namespace granary::api::xet {

/// What the hub's tokens name as `casUrl`, after the server's own URL. Without a '/' at its end.
inline constexpr std::string_view kCasPath = "/xet";

/// Adds them. `context` outlives the router.
void mount(net::Router& router, Context& context);

}  // namespace granary::api::xet
