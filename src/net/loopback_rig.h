// For tests over real sockets: a server on a free loopback port, a blocking client, a file to send.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/env.h"
#include "net/pool.h"
#include "net/response.h"
#include "net/server.h"

namespace granary::net {

/// Serves from construction to destruction, on two threads.
class RunningServer {
 public:
  RunningServer(Handler handler, ServerOptions options) {
    options.listen = {"127.0.0.1:0"};
    options.thread_count = 2;
    auto made = Server::create(std::move(options), std::move(handler), pool_, real_env());
    GRANARY_ASSERT(made);
    server_ = std::move(*made);
    thread_ = std::thread([this] { server_->run(); });
  }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;
  ~RunningServer() { finish(); }

  Server& operator*() { return *server_; }
  Server* operator->() { return server_.get(); }
  /// Stops, and returns once the server has.
  void finish() {
    server_->stop();
    if (thread_.joinable()) thread_.join();
  }
  std::uint16_t port() const {
    const std::string& address = server_->addresses().front();
    std::uint16_t port = 0;
    const char* end = address.data() + address.size();
    std::from_chars(address.data() + address.rfind(':') + 1, end, port);
    return port;
  }

 private:
  Pool pool_{2};
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

/// A client that waits at most ten seconds for anything.
class LoopbackClient {
 public:
  explicit LoopbackClient(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval limit{10, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    connected_ = ::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  LoopbackClient(const LoopbackClient&) = delete;
  LoopbackClient& operator=(const LoopbackClient&) = delete;
  ~LoopbackClient() { close(); }

  bool connected() const { return connected_; }
  int descriptor() const { return descriptor_; }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t put = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (put <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return true;
  }

  /// What comes next, at most `size_bytes_max`; empty if the server has closed.
  std::string receive(std::size_t size_bytes_max = 64 * 1024) {
    std::string bytes(size_bytes_max, '\0');
    const ssize_t got = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
  }

  std::string receive_all() {
    std::string all;
    while (true) {
      const std::string more = receive(1 << 20);
      if (more.empty()) return all;
      all += more;
    }
  }

  /// One response with Content-Length: its head, empty line included, and its body.
  std::pair<std::string, std::string> receive_response() {
    std::string text;
    std::size_t head_end = std::string::npos;
    while (head_end == std::string::npos) {
      const std::string more = receive();
      if (more.empty()) return {text, ""};
      text += more;
      head_end = text.find("\r\n\r\n");
    }
    constexpr std::string_view kLength = "\r\nContent-Length: ";
    const std::size_t length_at = text.find(kLength);
    std::size_t size = 0;
    if (length_at < head_end) {
      std::from_chars(text.data() + length_at + kLength.size(), text.data() + head_end, size);
    }
    while (text.size() < head_end + 4 + size) {
      const std::string more = receive(1 << 20);
      if (more.empty()) break;
      text += more;
    }
    return {text.substr(0, head_end + 4), text.substr(head_end + 4)};
  }

  /// Leaves without a word: what is on its way is answered by a reset.
  void close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
  }

 private:
  int descriptor_;
  bool connected_ = false;
};

/// An open file without a name whose byte at each offset is known.
class PatternFile {
 public:
  explicit PatternFile(std::size_t size_bytes) {
    char name[] = "/tmp/granary-net-XXXXXX";
    descriptor_ = ::mkstemp(name);
    GRANARY_ASSERT(descriptor_ >= 0);
    ::unlink(name);
    const std::string bytes = content(0, size_bytes);
    GRANARY_ASSERT(::write(descriptor_, bytes.data(), bytes.size()) ==
                   static_cast<ssize_t>(bytes.size()));
  }
  PatternFile(const PatternFile&) = delete;
  PatternFile& operator=(const PatternFile&) = delete;
  ~PatternFile() { ::close(descriptor_); }

  int descriptor() const { return descriptor_; }
  static std::string content(std::size_t offset_bytes, std::size_t size_bytes) {
    std::string bytes(size_bytes, '\0');
    char* const out = bytes.data();
    for (std::size_t i = 0; i < size_bytes; ++i) {
      const std::size_t at = offset_bytes + i;
      out[i] = static_cast<char>(at * 31 + (at >> 12) * 7);
    }
    return bytes;
  }

 private:
  int descriptor_;
};

/// A file's ranges, one piece each.
class SliceSource final : public BodySource {
 public:
  explicit SliceSource(std::vector<FileSlice> slices) : slices_(std::move(slices)) {}
  std::optional<std::uint64_t> size_bytes() const override {
    std::uint64_t size = 0;
    for (const FileSlice& slice : slices_) size += slice.size_bytes;
    return size;
  }
  Task<Result<Piece>> next() override {
    if (next_ == slices_.size()) co_return Piece();
    co_return Piece(slices_[next_++]);
  }

 private:
  std::vector<FileSlice> slices_;
  std::size_t next_ = 0;
};

}  // namespace granary::net
