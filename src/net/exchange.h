// exchange: puts raw request bytes through a whole connection in memory, for tests of handlers.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/router.h"

namespace granary::net {

struct Service;

/// Sends `raw_requests` to a connection that `handler` serves, says that nothing more will come,
/// and gives every byte that came back until the connection closed.
std::string exchange(Handler handler, std::string_view raw_requests);
/// As above, for a service of the caller's, and with the requests sent in pieces of some size.
std::string exchange(Service& service, std::string_view raw_requests,
                     std::size_t piece_size_bytes = 64 * 1024);

/// One response taken apart.
struct ReceivedResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // without chunked framing

  /// The first value, whatever the case of its name; empty if there is none.
  std::string header(std::string_view name) const;
};

/// One request made of its parts (Host and Content-Length are added), and its one response.
/// `headers` are whole lines: "Authorization: Bearer x".
ReceivedResponse exchange(Handler handler, std::string_view method, std::string_view target,
                          const std::vector<std::string>& headers = {}, std::string_view body = {});

}  // namespace granary::net
