// Worker: one I/O thread's share of a server: its listening sockets, its connections, its tick.
#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "net/connection.h"
#include "net/socket_stream.h"
#include "net/task_group.h"

namespace granary::net {

using Endpoint = boost::asio::ip::tcp::endpoint;
using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor>;
using Timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

/// Counts connections per address, for all workers.
class AddressCounts {
 public:
  /// `count_max` 0: no cap.
  explicit AddressCounts(std::size_t count_max) : count_max_(count_max) {}
  /// Whether one more connection is allowed; if so, it is counted until `leave`.
  bool enter(const std::string& address);
  void leave(const std::string& address);

 private:
  std::size_t count_max_;
  std::mutex mutex_;
  std::map<std::string, std::size_t> counts_;
};

class Worker {
 public:
  struct Role {
    const TlsContext* tls = nullptr;  // plain sockets without it
    bool trims_memory = false;        // for one worker of a process
  };
  /// All outlive the worker.
  Worker(Service& service, AddressCounts& addresses, Role role);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Binds and listens; several workers share an endpoint. Gives it with its real port.
  Result<Endpoint> listen(const Endpoint& endpoint);
  /// Serves on the calling thread until it has been stopped and is empty.
  void run();
  /// Any thread.
  void stop();

 private:
  Task<> accept_loop(Acceptor& acceptor);
  Task<> tick_loop();
  Task<> serve(Socket socket, std::string address);
  Task<> finish();
  void admit(Socket socket, const Endpoint& peer);
  void begin_stop();
  void trim_memory_after_a_flood();

  Service& service_;
  AddressCounts& addresses_;
  Role role_;
  std::uint64_t connections_peak_ = 0;  // since memory was last given back
  boost::asio::io_context context_{1};
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
  ConnectionGroup group_;
  TaskGroup loops_;
  TaskGroup connections_;
  Timer ticker_;
  bool stopping_ = false;
  bool finished_ = false;
  SteadyTime stop_by_{};
};

}  // namespace granary::net
