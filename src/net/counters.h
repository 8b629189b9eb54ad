// Counters: what the server has done since it started, for /metrics. Any thread may read.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace granary::net {

struct Counters {
  using Count = std::atomic<std::uint64_t>;

  Count connections_open = 0;
  Count connections_accepted = 0;
  Count connections_refused = 0;  // over a cap
  Count connections_timed_out = 0;
  std::array<Count, 6>
      requests_by_class{};  // index 2 counts 2xx; 0 counts requests that were cut off
  Count requests_active = 0;
  Count parse_errors = 0;
  Count received_bytes = 0;  // from sockets, headers included
  Count sent_bytes = 0;
  Count body_received_bytes = 0;  // of request bodies, as handlers read them
};

}  // namespace granary::net
