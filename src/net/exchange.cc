// A client's side in memory, and just enough of a parser for our own responses.
#include "net/exchange.h"

#include <charconv>
#include <utility>

#include "base/env.h"
#include "net/block_on.h"
#include "net/connection.h"
#include "net/head_parser.h"
#include "net/pool.h"
#include "net/task_group.h"

namespace granary::net {
namespace {

Task<> send_all(Stream& client, std::string_view bytes, std::size_t piece_size_bytes) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, piece_size_bytes);
    const auto written = co_await client.write(as_bytes(piece));
    if (!written) co_return;  // the server has heard enough; what it said then is the answer
    bytes.remove_prefix(piece.size());
    co_await yield();
  }
  client.finish_writing();
}

Task<> receive_all(Stream& client, std::string& received) {
  std::string buffer(64 * 1024, '\0');
  while (true) {
    const std::span<std::byte> room(reinterpret_cast<std::byte*>(buffer.data()), buffer.size());
    const auto got = co_await client.read_some(room);
    if (!got || *got == 0) co_return;
    received.append(buffer, 0, *got);
  }
}

Task<> converse(Service& service, std::string_view requests, std::size_t piece_size_bytes,
                std::string& received) {
  constexpr std::size_t kCapacityBytes = 64 * 1024;
  const Executor executor = co_await current_executor();
  auto [client, served] = memory_streams(executor, kCapacityBytes);
  ConnectionGroup group(service);
  TaskGroup tasks(executor);
  Peer peer{.address = "127.0.0.1"};
  tasks.spawn(group.serve(std::move(served), std::move(peer)));
  tasks.spawn(send_all(*client, requests, piece_size_bytes));
  co_await receive_all(*client, received);
  client->abort();
  co_await tasks.join();
}

/// Takes the framing off a chunked body that we made ourselves.
std::string join_chunks(std::string_view text) {
  std::string body;
  while (true) {
    std::size_t size = 0;
    std::from_chars(text.data(), text.data() + text.size(), size, 16);
    const std::size_t line_end = text.find("\r\n");
    if (size == 0 || line_end == std::string_view::npos) return body;
    body.append(text.substr(line_end + 2, size));
    text.remove_prefix(std::min(text.size(), line_end + 2 + size + 2));
  }
}

}  // namespace

std::string exchange(Handler handler, std::string_view raw_requests) {
  Pool pool(1);
  Service service{.options = {},
                  .proxies = {},
                  .handler = std::move(handler),
                  .pool = pool,
                  .env = real_env(),
                  .counters = {}};
  return exchange(service, raw_requests);
}

std::string exchange(Service& service, std::string_view raw_requests,
                     std::size_t piece_size_bytes) {
  std::string received;
  block_on(converse(service, raw_requests, piece_size_bytes, received));
  return received;
}

std::string ReceivedResponse::header(std::string_view name) const {
  for (const auto& [known, value] : headers) {
    if (equals_ignoring_case(known, name)) return value;
  }
  return {};
}

ReceivedResponse exchange(Handler handler, std::string_view method, std::string_view target,
                          const std::vector<std::string>& headers, std::string_view body) {
  std::string raw = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\n";
  raw += "Host: granary.test\r\nConnection: close\r\n";
  for (const std::string& line : headers) raw += line + "\r\n";
  if (!body.empty()) raw += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  raw += "\r\n";
  raw += body;
  const std::string reply = exchange(std::move(handler), raw);

  ReceivedResponse response;
  std::string_view rest = reply;
  while (rest.starts_with("HTTP/1.1 100")) rest.remove_prefix(rest.find("\r\n\r\n") + 4);
  const std::size_t head_end = rest.find("\r\n\r\n");
  if (head_end == std::string_view::npos) return response;
  std::string_view head = rest.substr(0, head_end + 2);
  response.body = rest.substr(head_end + 4);
  std::from_chars(head.data() + 9, head.data() + 12, response.status);
  for (head.remove_prefix(head.find("\r\n") + 2); !head.empty();) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    const std::size_t colon = line.find(": ");
    response.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    head.remove_prefix(line.size() + 2);
  }
  if (response.header("Transfer-Encoding") == "chunked") response.body = join_chunks(response.body);
  return response;
}

}  // namespace granary::net
