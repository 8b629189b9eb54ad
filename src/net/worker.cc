// Accepting, admission, the once-a-second tick, and the graceful stop of one I/O thread.
#include "net/worker.h"

#include <malloc.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "base/log.h"
#include "net/pool.h"
#include "net/timeout.h"

namespace granary::net {

namespace asio = boost::asio;

namespace {

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

constexpr std::chrono::seconds kTickTime{1};
constexpr std::chrono::milliseconds kAcceptRetryTime{100};

constexpr std::string_view kOverCapacity =
    "HTTP/1.1 503 Service Unavailable\r\nServer: granary\r\nRetry-After: 1\r\n"
    "Content-Type: application/json; charset=utf-8\r\nContent-Length: 33\r\n"
    "Connection: close\r\n\r\n{\"error\":\"too many connections\"}\n";

std::string text_of(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

}  // namespace

bool AddressCounts::enter(const std::string& address) {
  if (count_max_ == 0) return true;
  const std::lock_guard lock(mutex_);
  std::size_t& count = counts_[address];
  if (count >= count_max_) return false;
  ++count;
  return true;
}

void AddressCounts::leave(const std::string& address) {
  if (count_max_ == 0) return;
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(address);
  if (found != counts_.end() && --found->second == 0) counts_.erase(found);
}

Worker::Worker(Service& service, AddressCounts& addresses, Role role)
    : service_(service),
      addresses_(addresses),
      role_(role),
      group_(service),
      loops_(context_.get_executor()),
      connections_(context_.get_executor()),
      ticker_(context_.get_executor()) {}

Result<Endpoint> Worker::listen(const Endpoint& endpoint) {
  auto acceptor = std::make_unique<Acceptor>(context_.get_executor());
  boost::system::error_code error;
  acceptor->open(endpoint.protocol(), error);
  if (!error) acceptor->set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor->set_option(ReusePort(true), error);
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
  if (!error) acceptor->non_blocking(true, error);
  Endpoint bound;
  if (!error) bound = acceptor->local_endpoint(error);
  if (error) {
    const bool taken = error == asio::error::address_in_use;
    return fail(taken ? ErrorKind::Conflict : ErrorKind::Invalid,
                "listening on port " + std::to_string(endpoint.port()) + ": " + error.message());
  }
  acceptors_.push_back(std::move(acceptor));
  return bound;
}

void Worker::run() {
  for (const auto& acceptor : acceptors_) loops_.spawn(accept_loop(*acceptor));
  loops_.spawn(tick_loop());
  context_.run();
}

void Worker::stop() {
  asio::post(context_.get_executor(), [this] { begin_stop(); });
}

void Worker::begin_stop() {
  if (stopping_) return;
  stopping_ = true;
  stop_by_ = service_.env.clock.steady_now() + service_.options.drain_time;
  for (const auto& acceptor : acceptors_) {
    // Who is in the queue already has been told by the kernel that we are there.
    boost::system::error_code error;
    while (!error) {
      Endpoint peer;
      Socket socket(context_.get_executor());
      acceptor->accept(socket, peer, error);
      if (!error) admit(std::move(socket), peer);
    }
    acceptor->close(error);
  }
  group_.stop();
  loops_.spawn(finish());
}

Task<> Worker::finish() {
  co_await connections_.join();
  finished_ = true;
  ticker_.cancel();
}

Task<> Worker::accept_loop(Acceptor& acceptor) {
  while (!stopping_) {
    Endpoint peer;
    auto [error, socket] =
        co_await acceptor.async_accept(peer, asio::as_tuple(asio::use_awaitable_t<Executor>()));
    if (!error) {
      admit(std::move(socket), peer);
    } else if (!stopping_) {
      log::warn("accepting failed", {{"error", error.message()}});
      co_await sleep_for(kAcceptRetryTime);  // no descriptor is free; one will be
    }
  }
}

void Worker::admit(Socket socket, const Endpoint& peer) {
  std::string address = text_of(peer.address());
  Counters& counters = service_.counters;
  counters.connections_accepted.fetch_add(1, std::memory_order_relaxed);
  const bool full = counters.connections_open.load(std::memory_order_relaxed) >=
                    service_.options.connection_count_max;
  if (full || !addresses_.enter(address)) {
    counters.connections_refused.fetch_add(1, std::memory_order_relaxed);
    if (role_.tls == nullptr) {
      ::send(socket.native_handle(), kOverCapacity.data(), kOverCapacity.size(),
             MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    return;
  }
  connections_.spawn(serve(std::move(socket), std::move(address)));
}

Task<> Worker::serve(Socket socket, std::string address) {
  auto stream = role_.tls != nullptr ? tls_stream(std::move(socket), *role_.tls)
                                     : socket_stream(std::move(socket));
  Peer peer{.address = address, .secure = role_.tls != nullptr};
  co_await group_.serve(std::move(stream), std::move(peer));
  addresses_.leave(address);
}

void Worker::trim_memory_after_a_flood() {
  // The C library keeps what ten thousand closed connections held, for the next ten thousand.
  constexpr std::uint64_t kFloodCountMin = 512;
  const std::uint64_t open = service_.counters.connections_open.load(std::memory_order_relaxed);
  connections_peak_ = std::max(connections_peak_, open);
  if (connections_peak_ < kFloodCountMin || open > connections_peak_ / 2) return;
  connections_peak_ = open;
  service_.pool.post([] { ::malloc_trim(0); });
}

Task<> Worker::tick_loop() {
  while (!finished_) {
    ticker_.expires_after(kTickTime);
    co_await ticker_.async_wait(asio::as_tuple(asio::use_awaitable_t<Executor>()));
    group_.tick();
    if (role_.trims_memory) trim_memory_after_a_flood();
    if (stopping_ && service_.env.clock.steady_now() >= stop_by_) group_.abort_all();
  }
}

}  // namespace granary::net
