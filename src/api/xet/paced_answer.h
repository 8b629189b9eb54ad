// paced_answer: what work on the pool gives, a refusal at a time that does not tell its reason.
#pragma once

#include <functional>

#include "base/result.h"
#include "net/response.h"
#include "net/task.h"

namespace granary::net {
class Pool;
}

namespace granary::api::xet {

using PoolWork = std::function<Result<net::Response>()>;

/// "Not here" and "not yours" look the same, and take the same time. `work` may refer to what the
/// caller owns, who awaits this.
Task<net::Response> paced_answer(net::Pool& pool, PoolWork work);

}  // namespace granary::api::xet
