// Connections: read requests, run the handler, write responses, until either side has had enough.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/env.h"
#include "net/counters.h"
#include "net/deadlines.h"
#include "net/request_ids.h"
#include "net/router.h"
#include "net/server.h"
#include "net/stream.h"
#include "net/trusted_proxies.h"

namespace granary::net {

class Pool;

/// What all connections of a server share; outlives them.
struct Service {
  ServerOptions options;
  TrustedProxies proxies;
  Handler handler;
  Pool& pool;
  Env& env;
  Counters counters;
};

/// Who is at the other end of a connection.
struct Peer {
  std::string address;  // without port
  bool secure = false;  // by TLS
};

/// What the connections of one I/O thread share. Used on that thread only; outlives them.
class ConnectionGroup {
 public:
  explicit ConnectionGroup(Service& service);

  /// Serves one connection to its end.
  Task<> serve(std::unique_ptr<Stream> stream, Peer peer);
  /// To be called about once a second: cuts what is overdue and renews the Date header.
  void tick();
  /// Lets requests in flight be the last of their connections, and ends the idle ones.
  void stop();
  /// Cuts every connection.
  void abort_all() { deadlines_.abort_all(); }
  std::size_t count() const { return deadlines_.count(); }

 private:
  friend class Connection;

  Service& service_;
  DeadlineList deadlines_;
  RequestIds request_ids_;
  std::string date_;
  std::vector<std::byte> input_;  // scratch of whoever reads just now
  std::string output_;            // scratch of whoever writes just now
  bool stopping_ = false;
};

}  // namespace granary::net
