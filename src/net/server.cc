// Reading listen addresses, binding them for every worker, and starting and stopping the threads.
#include "net/server.h"

#include <signal.h>

#include <boost/asio/ip/tcp.hpp>
#include <charconv>
#include <mutex>
#include <thread>
#include <utility>

#include "net/pool.h"
#include "net/worker.h"

namespace granary::net {

namespace asio = boost::asio;

namespace {

struct HostPort {
  std::string host;
  std::uint16_t port;
};

/// "127.0.0.1:8080", "[::1]:8080", "localhost:8080".
Result<HostPort> split_address(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  std::uint16_t port = 0;
  bool good = colon != std::string::npos && colon > 0;
  if (good) {
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + colon + 1, end, port);
    good = parsed.ec == std::errc() && parsed.ptr == end;
  }
  if (!good) return fail(ErrorKind::Invalid, "expected HOST:PORT, not \"" + text + "\"");
  std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return HostPort{std::move(host), port};
}

Result<Endpoint> resolve(const std::string& text) {
  TRY(const auto wanted, split_address(text));
  boost::system::error_code error;
  const auto address = asio::ip::make_address(wanted.host, error);
  if (!error) return Endpoint(address, wanted.port);
  asio::io_context context;
  asio::ip::tcp::resolver resolver(context);
  const auto found = resolver.resolve(wanted.host, std::to_string(wanted.port), error);
  if (error || found.empty()) return fail(ErrorKind::Invalid, "no such host: " + wanted.host);
  return found.begin()->endpoint();
}

/// SO_REUSEPORT would let a second server of the same user share the port in silence; a bind
/// without it fails if anybody listens there.
Result<void> require_free(const Endpoint& endpoint, const std::string& text) {
  asio::io_context context;
  asio::ip::tcp::acceptor probe(context);
  boost::system::error_code error;
  probe.open(endpoint.protocol(), error);
  if (!error) probe.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) probe.bind(endpoint, error);
  if (!error) return {};
  const bool taken = error == asio::error::address_in_use;
  return fail(taken ? ErrorKind::Conflict : ErrorKind::Invalid,
              "listening on " + text + ": " + error.message());
}

std::string text_of(const Endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? "[" + address + "]:" + port : address + ":" + port;
}

}  // namespace

struct Server::State {
  State(ServerOptions options, TrustedProxies proxies, Handler handler, Pool& pool, Env& env)
      : service{.options = std::move(options),
                .proxies = std::move(proxies),
                .handler = std::move(handler),
                .pool = pool,
                .env = env,
                .counters = {}},
        address_counts(service.options.connection_count_per_address_max) {}

  Result<void> start_listening();

  Service service;
  AddressCounts address_counts;
  std::optional<TlsContext> tls;
  std::vector<std::unique_ptr<Worker>> workers;
  std::vector<std::string> addresses;
  std::mutex stopping;  // held by stop(), whose wake-ups must have left the workers before they go
};

Result<void> Server::State::start_listening() {
  for (const std::string& text : service.options.listen) {
    TRY(auto endpoint, resolve(text));
    TRY_DONE(require_free(endpoint, text));
    for (const auto& worker : workers) {
      TRY(endpoint, worker->listen(endpoint));  // the first finds the port, if it is 0
    }
    addresses.push_back(text_of(endpoint));
  }
  return {};
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::create(ServerOptions options, Handler handler, Pool& pool,
                                               Env& env) {
  // sendfile and SSL_write know no MSG_NOSIGNAL: one client that leaves would end the process.
  ::signal(SIGPIPE, SIG_IGN);
  if (options.listen.empty()) return fail(ErrorKind::Invalid, "no address to listen on");
  if (options.thread_count == 0) {
    options.thread_count = std::max(1U, std::thread::hardware_concurrency());
  }
  TRY(auto proxies, TrustedProxies::create(options.trusted_proxies));
  auto state = std::make_unique<State>(std::move(options), std::move(proxies), std::move(handler),
                                       pool, env);
  const ServerOptions& kept = state->service.options;
  if (kept.tls) {
    TRY(state->tls, TlsContext::create(kept.tls->certificate_path, kept.tls->key_path));
  }
  for (std::size_t i = 0; i < kept.thread_count; ++i) {
    const Worker::Role role{.tls = state->tls ? &*state->tls : nullptr, .trims_memory = i == 0};
    state->workers.push_back(std::make_unique<Worker>(state->service, state->address_counts, role));
  }
  TRY_DONE(state->start_listening());
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

void Server::run() {
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < state_->workers.size(); ++i) {
    threads.emplace_back([worker = state_->workers[i].get()] { worker->run(); });
  }
  state_->workers[0]->run();
  for (std::thread& thread : threads) thread.join();
  const std::lock_guard lock(state_->stopping);
}

void Server::stop() {
  const std::lock_guard lock(state_->stopping);
  for (const auto& worker : state_->workers) worker->stop();
}

const std::vector<std::string>& Server::addresses() const { return state_->addresses; }
const Counters& Server::counters() const { return state_->service.counters; }

}  // namespace granary::net
