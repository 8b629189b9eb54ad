// A Unix socket with one JSON line a message; a thread for each of a few connections.
#include "server/admin_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <boost/json.hpp>
#include <cstring>
#include <list>
#include <mutex>
#include <thread>

#include "base/limits.h"
#include "base/log.h"

namespace granary::server {
namespace {

namespace json = boost::json;

constexpr std::size_t kLineSizeBytesMax = 16 * limits::kMiB;
constexpr std::size_t kConnectionCountMax = 16;

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  int get() const { return value_; }

 private:
  int value_;
};

Result<sockaddr_un> address_of(const std::string& data_folder) {
  const std::string path = data_folder + "/granary.sock";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return fail(ErrorKind::Invalid, "the data folder's path is too long for a socket: " + path);
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

const sockaddr* as_socket_address(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

Result<void> send_line(int socket, const json::value& message) {
  const std::string line = json::serialize(message) + "\n";
  std::size_t done = 0;
  while (done < line.size()) {
    const ssize_t sent = ::send(socket, line.data() + done, line.size() - done, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return fail_errno("writing to the admin socket", errno);
    done += static_cast<std::size_t>(sent);
  }
  return {};
}

// Reads lines; keeps what came after one for the next.
class LineReader {
 public:
  explicit LineReader(int socket) : socket_(socket) {}

  Result<std::string> next() {
    for (;;) {
      const std::size_t end = buffer_.find('\n');
      if (end != std::string::npos) {
        std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        return line;
      }
      if (buffer_.size() > kLineSizeBytesMax) {
        return fail(ErrorKind::TooLarge, "a message on the admin socket is too long");
      }
      char piece[4096];
      const ssize_t got = ::recv(socket_, piece, sizeof piece, 0);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return fail(ErrorKind::Unavailable, "the admin socket was closed");
      buffer_.append(piece, static_cast<std::size_t>(got));
    }
  }

 private:
  int socket_;
  std::string buffer_;
};

Result<json::object> parse_message(std::string_view line) {
  boost::system::error_code error;
  json::value message = json::parse(line, error);
  if (error || !message.is_object()) {
    return fail(ErrorKind::Invalid, "a message on the admin socket is no JSON object");
  }
  return std::move(message.get_object());
}

json::value to_json(const Error& error) {
  return {{"error", {{"kind", name_of(error.kind)}, {"message", error.message}}}};
}

Error to_error(const json::object& object) {
  std::string_view kind_name;
  std::string message = "the server gave no reason";
  if (const json::value* kind = object.if_contains("kind"); kind && kind->is_string()) {
    kind_name = kind->get_string();
  }
  if (const json::value* text = object.if_contains("message"); text && text->is_string()) {
    message = text->get_string();
  }
  for (auto kind = ErrorKind::NotFound; kind < ErrorKind::Internal;
       kind = static_cast<ErrorKind>(static_cast<int>(kind) + 1)) {
    if (name_of(kind) == kind_name) return Error{kind, message};
  }
  return Error{ErrorKind::Internal, message};
}

}  // namespace

Result<AdminRequest> parse_admin_request(std::string_view line) {
  TRY(const json::object object, parse_message(line));
  const json::value* command = object.if_contains("command");
  const json::value* arguments = object.if_contains("arguments");
  if (command == nullptr || !command->is_string() || arguments == nullptr ||
      !arguments->is_object()) {
    return fail(ErrorKind::Invalid, "expected a command and its arguments");
  }
  AdminRequest request{.command = std::string(command->get_string()), .arguments = {}};
  for (const auto& [name, value] : arguments->get_object()) {
    if (!value.is_string()) return fail(ErrorKind::Invalid, "arguments are strings");
    request.arguments.emplace(name, value.get_string());
  }
  return request;
}

class AdminSocket::Impl {
 public:
  Impl(Descriptor listener, std::string path, AdminHandler handler)
      : listener_(std::move(listener)), path_(std::move(path)), handler_(std::move(handler)) {
    acceptor_ = std::thread([this] { accept_all(); });
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  ~Impl() {
    stopping_ = true;
    ::unlink(path_.c_str());
    acceptor_.join();
    for (Connection& connection : connections_) {
      ::shutdown(connection.socket.get(), SHUT_RD);
      connection.thread.join();
    }
  }

 private:
  struct Connection {
    Descriptor socket;
    std::atomic<bool> done = false;
    std::thread thread;
  };

  void accept_all() {
    while (!stopping_) {
      pollfd waiting{.fd = listener_.get(), .events = POLLIN, .revents = 0};
      if (::poll(&waiting, 1, 200) <= 0) continue;
      Descriptor socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (socket.get() < 0) continue;
      join_finished();
      if (connections_.size() >= kConnectionCountMax) continue;  // closed: the client tries again
      Connection& connection = connections_.emplace_back(std::move(socket));
      connection.thread = std::thread([this, &connection] {
        serve(connection.socket.get());
        ::shutdown(connection.socket.get(), SHUT_RDWR);
        connection.done = true;
      });
    }
  }

  void join_finished() {
    connections_.remove_if([](Connection& connection) {
      if (!connection.done) return false;
      connection.thread.join();
      return true;
    });
  }

  void serve(int socket) {
    LineReader reader(socket);
    for (;;) {
      auto line = reader.next();
      if (!line) return;
      auto request = parse_admin_request(*line);
      if (!request) {
        if (!send_line(socket, to_json(request.error()))) return;
        continue;
      }
      const auto report = [socket](const AdminProgress& progress) {
        const json::value line = {
            {"progress",
             {{"phase", progress.phase}, {"done", progress.done}, {"total", progress.total}}}};
        // A client that left is no reason to stop: the command goes on, as after Ctrl-C.
        (void)send_line(socket, line).has_value();
      };
      auto output = handler_(*request, report);
      const json::value reply = output ? json::value{{"output", *output}} : to_json(output.error());
      if (!send_line(socket, reply)) return;
    }
  }

  Descriptor listener_;
  const std::string path_;
  const AdminHandler handler_;
  std::atomic<bool> stopping_ = false;
  std::list<Connection> connections_;  // touched by the acceptor, and by ~Impl after its end
  std::thread acceptor_;
};

AdminSocket::AdminSocket(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
AdminSocket::~AdminSocket() = default;

Result<std::unique_ptr<AdminSocket>> AdminSocket::listen(const std::string& data_folder,
                                                         AdminHandler handler) {
  TRY(const sockaddr_un address, address_of(data_folder));
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) return fail_errno("making the admin socket", errno);
  // The caller holds the data folder's lock, so a socket found here is left over from a crash.
  ::unlink(address.sun_path);
  if (::bind(socket.get(), as_socket_address(address), sizeof address) != 0 ||
      ::chmod(address.sun_path, 0600) != 0 || ::listen(socket.get(), 16) != 0) {
    return fail_errno("listening on " + std::string(address.sun_path), errno);
  }
  auto impl = std::make_unique<Impl>(std::move(socket), address.sun_path, std::move(handler));
  return std::unique_ptr<AdminSocket>(new AdminSocket(std::move(impl)));
}

Result<std::string> call_admin_socket(const std::string& data_folder, const AdminRequest& request,
                                      const ReportProgress& report) {
  TRY(const sockaddr_un address, address_of(data_folder));
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.get() < 0 ||
      ::connect(socket.get(), as_socket_address(address), sizeof address) != 0) {
    return fail(ErrorKind::Unavailable, "no server is running on this data folder");
  }
  json::object arguments;
  for (const auto& [name, value] : request.arguments) arguments[name] = value;
  const json::value message = {{"command", request.command}, {"arguments", arguments}};
  TRY_DONE(send_line(socket.get(), message));

  LineReader reader(socket.get());
  for (;;) {
    auto line = reader.next();
    if (!line) return fail(ErrorKind::Internal, "the server stopped before it answered");
    TRY(const json::object object, parse_message(*line));
    if (const json::value* progress = object.if_contains("progress"); progress && report) {
      const auto number = [&](std::string_view name) {
        return progress->at(name).to_number<std::uint64_t>();
      };
      report({.phase = std::string(progress->at("phase").as_string()),
              .done = number("done"),
              .total = number("total")});
    } else if (const json::value* output = object.if_contains("output")) {
      return std::string(output->as_string());
    } else if (const json::value* error = object.if_contains("error")) {
      return tl::unexpected(to_error(error->as_object()));
    }
  }
}

}  // namespace granary::server
