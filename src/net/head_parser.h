// Finding and parsing a request's head in untrusted bytes: pure functions around Beast's parser.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "net/request_head.h"

namespace granary::net {

/// How far find_head_end has looked, so that a head that comes byte by byte is scanned only once.
struct HeadScan {
  std::size_t head_start = 0;  // 2 if an empty line came first, as some clients send after a body
  std::size_t line_start = 0;
  std::size_t scanned = 0;
};

/// Where the head in `bytes` ends, its empty line included; nullopt if it has not all come. It
/// starts at scan.head_start. Errors: Invalid for a line not ended by CRLF, a folded line, or bytes
/// that start no request; TooLarge over limits::kHeaderSizeBytesMax. Source: RFC 9112 sections 2.2
/// and 5.2.
Result<std::optional<std::size_t>> find_head_end(std::string_view bytes, HeadScan& scan);

/// Parses a whole head, as find_head_end has found it. Stricter than RFC 9112 wherever two servers
/// could read one message in two ways: one Content-Length of digits, "chunked" as the only
/// Transfer-Encoding, exactly one Host, an absolute target only with that same host. Errors:
/// Invalid; TooLarge for too many fields or too long a target.
Result<RequestHead> parse_head(std::string_view head);

/// Whether `text` may stand in Host: a name or address with or without port, never a user or a
/// path.
bool is_host(std::string_view text);

/// Whether two names or tokens are equal but for ASCII case.
bool equals_ignoring_case(std::string_view a, std::string_view b);

}  // namespace granary::net
