// Sends one HTTP request again and again on many connections, and counts the answers.
//
//   request_load PORT CONNECTIONS SECONDS GET|HEAD PATH [HEADER…]
//
// One thread, keep-alive, one request at a time on each connection; prints "ANSWERS ERRORS", where
// an error is any status but 200. It stands in for wrk, which cannot send HEAD.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct Connection {
  int socket;
  std::string received;
};

struct Counts {
  long answers = 0;
  long errors = 0;
};

[[noreturn]] void give_up(const char* doing) {
  std::perror(doing);
  std::exit(1);
}

int connect_to(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    give_up("connect");
  }
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

void send_all(int socket, std::string_view bytes) {
  if (::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) != std::ssize(bytes))
    give_up("send");
}

// The size of the first answer in `received`, or 0 while it is not all there.
std::size_t answer_size(std::string_view received, bool is_head) {
  const std::size_t end = received.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  std::size_t body_size = 0;
  for (const std::string_view name : {"\r\nContent-Length: ", "\r\ncontent-length: "}) {
    const std::size_t at = received.substr(0, end).find(name);
    if (at == std::string_view::npos || is_head) continue;
    const char* digits = received.data() + at + name.size();
    std::from_chars(digits, received.data() + end, body_size);
  }
  const std::size_t size = end + 4 + body_size;
  return received.size() >= size ? size : 0;
}

// Reads what is there; counts and asks again when an answer is complete.
void go_on(Connection& connection, std::string_view request, bool is_head, Counts& counts) {
  std::array<char, 65536> buffer;
  const ssize_t size = ::recv(connection.socket, buffer.data(), buffer.size(), 0);
  if (size <= 0) give_up("recv");
  connection.received.append(buffer.data(), static_cast<std::size_t>(size));
  const std::size_t answer = answer_size(connection.received, is_head);
  if (answer == 0) return;
  ++counts.answers;
  if (!connection.received.starts_with("HTTP/1.1 200")) ++counts.errors;
  connection.received.erase(0, answer);
  send_all(connection.socket, request);
}

Counts load(std::vector<Connection>& connections, std::chrono::seconds duration,
            std::string_view request, bool is_head) {
  const int poller = ::epoll_create1(0);
  for (Connection& connection : connections) {
    epoll_event event{.events = EPOLLIN, .data = {.ptr = &connection}};
    ::epoll_ctl(poller, EPOLL_CTL_ADD, connection.socket, &event);
    send_all(connection.socket, request);
  }
  Counts counts;
  std::array<epoll_event, 256> events;
  const auto deadline = std::chrono::steady_clock::now() + duration;
  while (std::chrono::steady_clock::now() < deadline) {
    const int ready = ::epoll_wait(poller, events.data(), events.size(), 100);
    for (int index = 0; index < ready; ++index) {
      auto* connection = static_cast<Connection*>(events[static_cast<std::size_t>(index)].data.ptr);
      go_on(*connection, request, is_head, counts);
    }
  }
  ::close(poller);
  return counts;
}

}  // namespace

int main(int argument_count, char** arguments) {
  if (argument_count < 6) {
    std::fputs("request_load PORT CONNECTIONS SECONDS GET|HEAD PATH [HEADER…]\n", stderr);
    return 2;
  }
  const std::vector<std::string> words(arguments + 1, arguments + argument_count);
  const int port = std::atoi(words[0].c_str());
  std::string request = words[3] + " " + words[4] + " HTTP/1.1\r\nHost: 127.0.0.1:" + words[0];
  for (std::size_t index = 5; index < words.size(); ++index) request += "\r\n" + words[index];
  request += "\r\n\r\n";

  std::vector<Connection> connections;
  for (int count = std::atoi(words[1].c_str()); count > 0; --count) {
    connections.push_back({.socket = connect_to(port), .received = {}});
  }
  const std::chrono::seconds duration(std::atoi(words[2].c_str()));
  const Counts counts = load(connections, duration, request, words[3] == "HEAD");
  std::printf("%ld %ld\n", counts.answers, counts.errors);
}
