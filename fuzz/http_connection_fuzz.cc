// Raw bytes through a whole connection in memory, at once and in small pieces: both end, and get
// the same answer. The first byte is the size of the pieces.
#include "base/sim_env.h"
#include "net/connection.h"
#include "net/exchange.h"
#include "net/pool.h"

using namespace granary;

namespace {

Task<net::Response> answer(net::Request& request) {
  if (request.method() == net::Method::Delete) co_return net::Response::empty(204);
  auto body = co_await request.body().read_all(4096);
  if (!body) co_return net::Response::json(400, net::error_json(body.error().message));
  co_return net::Response::text(200, std::string(request.raw_path()) + *body);
}

std::string answers_to(std::string_view requests, std::size_t piece_size_bytes) {
  static net::Pool pool(1);
  SimEnv world(1);
  net::Service service{.options = {},
                       .proxies = {},
                       .handler = answer,
                       .pool = pool,
                       .env = world.env(),
                       .counters = {}};
  return net::exchange(service, requests, piece_size_bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view requests(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string whole = answers_to(requests, 64 * 1024);
  const std::string pieces = answers_to(requests, std::size_t{1} + data[0] % 64);
  // Only a client that waits with its body is told to continue.
  if (whole.find("100 Continue") != std::string::npos) return 0;
  if (pieces.find("100 Continue") != std::string::npos) return 0;
  GRANARY_ASSERT(pieces == whole);
  return 0;
}
