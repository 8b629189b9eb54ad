// The life of `granary serve`: open, listen, greet, run until a signal, end cleanly.
#pragma once

#include "base/result.h"
#include "server/config.h"

namespace granary::server {

/// Returns once SIGTERM or SIGINT has ended it. Errors: whatever kept it from starting.
Result<void> serve(const Config& config);

}  // namespace granary::server
