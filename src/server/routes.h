// Routes: every protocol mounted on one router, with health and metrics.
#pragma once

#include <memory>

#include "net/counters.h"
#include "net/router.h"

namespace granary::net {
class Pool;
}

namespace granary::server {

class Instance;
class RequestTimes;

class Routes {
 public:
  /// The arguments outlive this, and this outlives the server.
  Routes(Instance& instance, net::Pool& pool, RequestTimes& times);
  ~Routes();

  net::Handler handler() const;
  /// Gives /metrics the counters of the server, which is made after its handler.
  void watch(const net::Counters& counters);
  /// Writes the counts gathered in memory, and removes uploads that nobody finished. Blocks; called
  /// every minute and at the end.
  void each_minute();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace granary::server
