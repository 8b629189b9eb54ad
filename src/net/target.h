// The request target: split on '/' first, then each segment percent-decoded exactly once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace granary::net {

struct QueryField {
  std::string name;  // decoded, without a trailing "[]"
  std::string value;
};

struct Target {
  std::string path;                   // as sent, without query
  std::vector<std::string> segments;  // decoded; a trailing '/' adds none; may contain '/' from %2F
  std::vector<QueryField> query;  // in the order sent; keys may repeat
};

/// Parses an origin-form target ("/a/b%20c?x=1&x=2"), or "*", which has no segments.
/// Errors: Invalid for a bad or cut escape, %00, a fragment, a byte outside printable ASCII.
/// Source: RFC 3986 sections 2.1, 3.3; RFC 9112 section 3.2.
Result<Target> parse_target(std::string_view text);

/// Decodes %XX once. Errors: Invalid for a bad or cut escape and for %00.
Result<std::string> percent_decode(std::string_view text);
/// Escapes all but unreserved characters, '/' included.
std::string percent_encode(std::string_view text);
/// As above, but keeps '/': for paths.
std::string percent_encode_path(std::string_view text);

}  // namespace granary::net
