// Fields: booleans, lists and typed JSON keys.
#include "api/hf/fields.h"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <utility>

#include "base/limits.h"
#include "base/text.h"

namespace granary::api::hf {
namespace {

// Null where the key is absent or null: clients send null for what they leave to us.
const boost::json::value* find_field(const boost::json::object& body, std::string_view key) {
  const auto* value = body.if_contains(key);
  return value && !value->is_null() ? value : nullptr;
}

tl::unexpected<Error> wrong_type(std::string_view key, std::string_view wanted) {
  return fail(ErrorKind::Invalid, "\"" + std::string(key) + "\" must be a " + std::string(wanted));
}

}  // namespace

bool query_flag(const net::Request& request, std::string_view name) {
  const auto value = request.query(name);
  return value && (*value == "1" || equals_ignoring_case(*value, "true"));
}

std::vector<std::string> query_list(const net::Request& request, std::string_view name) {
  std::vector<std::string> list;
  for (const auto value : request.query_all(name)) {
    for (const auto part : split(value, ',')) {
      if (!part.empty()) list.emplace_back(part);
    }
  }
  return list;
}

Result<std::size_t> query_limit(const net::Request& request, std::size_t fallback,
                                std::size_t max) {
  const auto text = request.query("limit");
  if (!text || text->empty()) return fallback;
  std::size_t limit = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), limit);
  if (error == std::errc::result_out_of_range) return max;
  if (error != std::errc() || end != text->data() + text->size()) {
    return fail(ErrorKind::Invalid, "\"limit\" must be a number");
  }
  return std::clamp<std::size_t>(limit, 1, max);
}

Result<boost::json::object> parse_object(std::string_view body) {
  boost::json::parse_options options;
  options.max_depth = limits::kJsonDepthMax;
  boost::json::error_code error;
  auto value = boost::json::parse(body, error, {}, options);
  if (error) return fail(ErrorKind::Invalid, "the body is not JSON: " + error.message());
  if (!value.is_object()) return fail(ErrorKind::Invalid, "the body is not a JSON object");
  return std::move(value.get_object());
}

Result<std::optional<std::string>> text_field(const boost::json::object& body,
                                              std::string_view key) {
  const auto* value = find_field(body, key);
  if (!value) return std::nullopt;
  if (!value->is_string()) return wrong_type(key, "string");
  return std::string(value->get_string());
}

Result<std::optional<bool>> flag_field(const boost::json::object& body, std::string_view key) {
  const auto* value = find_field(body, key);
  if (!value) return std::nullopt;
  if (!value->is_bool()) return wrong_type(key, "boolean");
  return value->get_bool();
}

Result<std::optional<std::uint64_t>> number_field(const boost::json::object& body,
                                                  std::string_view key) {
  const auto* value = find_field(body, key);
  if (!value) return std::nullopt;
  if (value->is_uint64()) return value->get_uint64();
  if (value->is_int64() && value->get_int64() >= 0) {
    return static_cast<std::uint64_t>(value->get_int64());
  }
  return wrong_type(key, "whole number, not negative");
}

Result<std::string> required_text(const boost::json::object& body, std::string_view key) {
  TRY(auto text, text_field(body, key));
  if (!text) return fail(ErrorKind::Invalid, "\"" + std::string(key) + "\" is required");
  return *std::move(text);
}

}  // namespace granary::api::hf
