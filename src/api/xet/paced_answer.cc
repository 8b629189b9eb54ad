// Only refusals are held: what is found was allowed to be known.
#include "api/xet/paced_answer.h"

#include <utility>

#include "api/xet/errors.h"
#include "net/pace.h"
#include "net/pool.h"

namespace granary::api::xet {

Task<net::Response> paced_answer(net::Pool& pool, PoolWork work) {
  const net::Pace pace;
  auto response = co_await net::offload(pool, std::move(work));
  if (response) co_return *std::move(response);
  co_await pace.hold();
  co_return to_response(response.error());
}

}  // namespace granary::api::xet
