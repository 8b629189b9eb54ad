// Wires an instance to its protocols, and runs it until SIGTERM or SIGINT.
#include "server/serve.h"

#include <fmt/format.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <thread>
#include <utility>

#include "base/env.h"
#include "base/log.h"
#include "net/pool.h"
#include "net/server.h"
#include "server/admin_commands.h"
#include "server/admin_socket.h"
#include "server/instance.h"
#include "server/metrics.h"
#include "server/recoder_thread.h"
#include "server/routes.h"

namespace granary::server {
namespace {

// Blocks the stop signals in this thread and all that it starts, so that one thread waits for them.
sigset_t block_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// Waits for a stop signal, and does the small work of each minute meanwhile. SIGUSR1 from the
// destructor ends the wait when the server has stopped by itself.
class Watchman {
 public:
  Watchman(net::Server& server, sigset_t signals, std::function<void()> each_minute) {
    sigaddset(&signals, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    thread_ = std::thread([&server, signals, each_minute = std::move(each_minute)] {
      constexpr timespec kMinute{.tv_sec = 60, .tv_nsec = 0};
      int signal = -1;
      while (signal < 0) {
        signal = sigtimedwait(&signals, nullptr, &kMinute);
        if (signal < 0 && errno == EAGAIN) each_minute();
      }
      if (signal != SIGUSR1) log::info("stopping", {{"signal", signal}});
      server.stop();
    });
  }
  Watchman(const Watchman&) = delete;
  Watchman& operator=(const Watchman&) = delete;
  ~Watchman() {
    pthread_kill(thread_.native_handle(), SIGUSR1);
    thread_.join();
  }

 private:
  std::thread thread_;
};

unsigned pool_thread_count(const Config& config) {
  if (config.pool_threads > 0) return config.pool_threads;
  // Uploads spend their time in hashing, but SQL and fsync wait: more threads than cores.
  return std::max(4U, 4 * std::thread::hardware_concurrency());
}

net::ServerOptions server_options(const Config& config, RequestTimes& times) {
  net::ServerOptions options;
  options.listen.clear();
  for (const ListenAddress& address : config.listen) options.listen.push_back(address.to_string());
  options.thread_count = config.io_threads;
  if (!config.tls_certificate.empty()) {
    options.tls =
        net::TlsFiles{.certificate_path = config.tls_certificate, .key_path = config.tls_key};
  }
  options.trusted_proxies = config.trusted_proxies;
  options.default_host = config.listen.front().to_string();
  options.public_url = config.public_url;
  options.connection_count_per_address_max = config.connections_per_address_max;
  options.access_log = [&times](const net::AccessRecord& record) {
    times.record(record.duration);
    const auto microseconds =
        std::chrono::duration_cast<std::chrono::microseconds>(record.duration).count();
    log::debug("request", {{"method", record.method},
                           {"path", record.path},
                           {"status", record.status},
                           {"sent", record.sent_bytes},
                           {"received", record.received_bytes},
                           {"microseconds", std::int64_t{microseconds}},
                           {"peer", record.peer_address},
                           {"id", record.request_id},
                           {"complete", record.complete ? "yes" : "no"}});
  };
  return options;
}

std::string url_of(const Config& config, const net::Server& server) {
  if (!config.public_url.empty()) return config.public_url;
  std::string address = server.addresses().front();
  if (address.starts_with("0.0.0.0:")) address.replace(0, 7, "127.0.0.1");
  if (address.starts_with("[::]:")) address.replace(0, 4, "[::1]");
  return (config.tls_certificate.empty() ? "http://" : "https://") + address;
}

// What a person reads first. On standard output; logs go to standard error.
void greet(const std::string& url, const std::optional<std::string>& first_secret) {
  fmt::print("Granary is ready: {}\n", url);
  if (first_secret) {
    const bool is_own = std::getenv("GRANARY_ADMIN_TOKEN") != nullptr;
    if (is_own) {
      fmt::print("\nThe token in GRANARY_ADMIN_TOKEN is that of the user 'admin'.\n");
    } else {
      fmt::print("\nThe token of the user 'admin', shown this once:\n\n    {}\n", *first_secret);
    }
    fmt::print(
        "\nPaste, to publish and to download:\n\n"
        "    export HF_ENDPOINT={0}\n"
        "    export HF_TOKEN={1}\n"
        "    hf upload admin/my-model ./my-model\n"
        "    hf download admin/my-model\n"
        "    llama-server -hf admin/my-model\n\n",
        url, is_own ? "\"$GRANARY_ADMIN_TOKEN\"" : *first_secret);
  }
  std::fflush(stdout);
}

}  // namespace

Result<void> serve(const Config& config) {
  const sigset_t signals = block_stop_signals();
  log::start(config.log_level, config.log_format);
  Env& env = real_env();
  TRY(const auto instance, Instance::open(config, env, Creation::Allowed));

  net::Pool pool(pool_thread_count(config));
  RequestTimes times;
  Routes routes(*instance, pool, times);
  TRY(const auto server,
      net::Server::create(server_options(config, times), routes.handler(), pool, env));
  routes.watch(server->counters());
  TRY(const auto socket, AdminSocket::listen(config.data, [&](const AdminRequest& request,
                                                              const ReportProgress& report) {
        return run_admin_command(*instance, request, report);
      }));

  const RecoderThread recoder(instance->recoder(), config.recode_percent);
  const Watchman watchman(*server, signals, [&routes] { routes.each_minute(); });
  greet(url_of(config, *server), instance->first_secret());
  log::info("serving", {{"address", server->addresses().front()}, {"data", config.data}});
  server->run();
  routes.each_minute();
  log::info("stopped");
  return {};
}

}  // namespace granary::server
