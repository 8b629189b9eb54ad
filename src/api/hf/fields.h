// Fields: reading query parameters and JSON bodies as old and new clients spell them.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/request.h"

namespace granary::api::hf {

/// "true", "True" or "1".
bool query_flag(const net::Request& request, std::string_view name);
/// Every value of a repeated or comma-joined key ("a=x&a=y,z" gives x, y, z), without empty ones.
std::vector<std::string> query_list(const net::Request& request, std::string_view name);
/// The parameter `limit` within [1, max]; `fallback` if absent. Errors: Invalid if it is no number.
Result<std::size_t> query_limit(const net::Request& request, std::size_t fallback, std::size_t max);

/// Errors: Invalid unless `body` is one JSON object, at most limits::kJsonDepthMax deep.
Result<boost::json::object> parse_object(std::string_view body);

// A key that is absent or null gives nothing. Errors (all): Invalid for a value of another type.
Result<std::optional<std::string>> text_field(const boost::json::object& body,
                                              std::string_view key);
Result<std::optional<bool>> flag_field(const boost::json::object& body, std::string_view key);
Result<std::optional<std::uint64_t>> number_field(const boost::json::object& body,
                                                  std::string_view key);
/// As text_field. Errors: Invalid too when the key is absent.
Result<std::string> required_text(const boost::json::object& body, std::string_view key);

}  // namespace granary::api::hf
