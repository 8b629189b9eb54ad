// Splitting and percent-decoding of request targets, and the encoding back.
#include "net/target.h"

#include <cstdint>
#include <utility>

namespace granary::net {
namespace {

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

Result<std::string> decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) return fail(ErrorKind::Invalid, "bad percent escape in the URL");
      if (high == 0 && low == 0) return fail(ErrorKind::Invalid, "%00 in the URL");
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      out.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
    }
  }
  return out;
}

std::string encode(std::string_view text, bool keep_slash) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c) || (keep_slash && c == '/')) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<std::uint8_t>(c);
      out.push_back('%');
      out.push_back(kDigits[byte >> 4]);
      out.push_back(kDigits[byte & 15]);
    }
  }
  return out;
}

/// Takes what comes before `separator` off `rest`; all of it if there is none.
std::string_view take_until(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return part;
}

Result<std::vector<QueryField>> parse_query(std::string_view text) {
  std::vector<QueryField> fields;
  while (!text.empty()) {
    std::string_view value = take_until(text, '&');
    if (value.empty()) continue;
    TRY(auto name, decode(take_until(value, '='), true));
    if (name.ends_with("[]")) name.resize(name.size() - 2);
    TRY(auto decoded, decode(value, true));
    fields.push_back({std::move(name), std::move(decoded)});
  }
  return fields;
}

}  // namespace

Result<Target> parse_target(std::string_view text) {
  for (const char c : text) {
    if (c <= ' ' || c >= 0x7f || c == '#') {
      return fail(ErrorKind::Invalid, "a character in the URL must be percent-encoded");
    }
  }
  Target target;
  if (text == "*") {
    target.path = "*";
    return target;
  }
  if (!text.starts_with('/')) return fail(ErrorKind::Invalid, "the request target must be a path");

  std::string_view query = text;
  const std::string_view path = take_until(query, '?');
  target.path = path;
  std::string_view rest = path.substr(1);
  while (!rest.empty()) {
    TRY(auto segment, decode(take_until(rest, '/'), false));
    target.segments.push_back(std::move(segment));
  }
  TRY(target.query, parse_query(query));
  return target;
}

Result<std::string> percent_decode(std::string_view text) { return decode(text, false); }
std::string percent_encode(std::string_view text) { return encode(text, false); }
std::string percent_encode_path(std::string_view text) { return encode(text, true); }

}  // namespace granary::net
