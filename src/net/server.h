// Server: listens, accepts, and runs connections on one I/O thread per core.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/env.h"
#include "base/limits.h"
#include "base/result.h"
#include "net/counters.h"
#include "net/router.h"

namespace granary::net {

class Pool;

/// One finished request. Never holds the query, since that is where signatures and tokens travel.
struct AccessRecord {
  std::string_view method;
  std::string_view path;
  std::string_view peer_address;
  std::string_view request_id;
  int status;
  std::uint64_t received_bytes;
  std::uint64_t sent_bytes;
  std::chrono::nanoseconds duration;
  bool complete;  // false if the client left, or the body was cut
};

/// Called on I/O threads, by several at once; must not block.
using AccessLog = std::function<void(const AccessRecord&)>;

struct TlsFiles {
  std::string certificate_path;  // PEM, the whole chain
  std::string key_path;          // PEM
};

struct ServerOptions {
  std::vector<std::string> listen{
      "127.0.0.1:8080"};         // HOST:PORT, [V6]:PORT; port 0 picks a free one
  std::size_t thread_count = 0;  // 0: one per core
  std::optional<TlsFiles> tls;
  /// Addresses or ranges ("10.0.0.0/8") whose X-Forwarded-For, -Proto and -Host are believed.
  std::vector<std::string> trusted_proxies;
  /// For links, if a request names no host (HTTP/1.0).
  std::string default_host = "localhost";
  /// "https://granary.lan": begins every link, whatever host a request names. Empty: that host.
  std::string public_url;
  std::size_t connection_count_max = limits::kConnectionCountMax;
  std::size_t connection_count_per_address_max = 0;  // 0: no such cap
  std::chrono::milliseconds header_time = limits::kHeaderTime;
  std::chrono::milliseconds idle_time = limits::kIdleTime;
  std::chrono::milliseconds body_progress_time = limits::kBodyProgressTime;
  std::chrono::milliseconds drain_time = limits::kDrainTime;
  AccessLog access_log;  // may be empty
};

class Server {
 public:
  /// Binds and listens, so that a bad address or a port in use is known now. `handler`, `pool`,
  /// `env` outlive the server. Ignores SIGPIPE for the process. Errors: Invalid, Conflict (port in
  /// use).
  static Result<std::unique_ptr<Server>> create(ServerOptions options, Handler handler, Pool& pool,
                                                Env& env);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  /// Serves until `stop`, then finishes what is in flight for at most drain_time, and returns.
  void run();
  /// Starts a graceful stop: no new connections, idle ones are closed. Any thread, any time, but
  /// not a signal handler.
  void stop();

  /// Where it listens, with the real port: "127.0.0.1:41234".
  const std::vector<std::string>& addresses() const;
  const Counters& counters() const;

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace granary::net
