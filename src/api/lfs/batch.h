// Batch: which objects a client should send or may fetch, and where.
#pragma once

#include "api/lfs/context.h"
#include "net/request.h"
#include "net/response.h"
#include "net/task.h"

namespace granary::api::lfs {

/// POST …/info/lfs/objects/batch. Source: git-lfs docs/api/batch.md; hf-hub API 7.4.
Task<net::Response> batch(Context& context, net::Request& request);

/// Anything below …/info/lfs/locks: a 404, on which pushes go on.
Task<net::Response> no_locks(Context& context, net::Request& request);

}  // namespace granary::api::lfs
