// Header lists as text, and the usual responses.
#include "net/response.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "net/head_parser.h"

namespace granary::net {
namespace {

constexpr std::size_t kUsualSizeBytes = 1024;  // of a response's fields: one allocation

bool is_field_name(std::string_view name) {
  return !name.empty() && std::ranges::none_of(name, [](char c) {
    return c == ':' || c == ' ' || c == '\r' || c == '\n';
  });
}

void append_clean(std::string& out, std::string_view text) {
  const std::size_t start = out.size();
  out.append(text);
  for (char& c : std::span(out).subspan(start)) {
    const bool control = (static_cast<std::uint8_t>(c) < 0x20 && c != '\t') || c == 0x7f;
    c = control ? ' ' : c;
  }
}

/// The line of `text` that starts at `at`, CRLF included, and its parts.
struct Line {
  std::size_t size_bytes;
  std::string_view name;
  std::string_view value;
};

Line line_at(std::string_view text, std::size_t at) {
  const std::size_t end = text.find("\r\n", at);
  const std::string_view line = text.substr(at, end - at);
  const std::size_t colon = line.find(": ");
  return {line.size() + 2, line.substr(0, colon), line.substr(colon + 2)};
}

Response typed(int status, std::string_view type, std::string text) {
  Response response;
  response.status = status;
  response.headers.add("Content-Type", type);
  response.content = std::move(text);
  return response;
}

}  // namespace

void HeaderList::add(std::string_view name, std::string_view value) {
  GRANARY_ASSERT(is_field_name(name));
  if (text_.empty()) text_.reserve(kUsualSizeBytes);
  text_.append(name);
  text_.append(": ");
  append_clean(text_, value);
  text_.append("\r\n");
}

void HeaderList::add(std::string_view name, std::uint64_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  add(name, std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
}

void HeaderList::set(std::string_view name, std::string_view value) {
  remove(name);
  add(name, value);
}

void HeaderList::remove(std::string_view name) {
  for (std::size_t at = 0; at < text_.size();) {
    const Line line = line_at(text_, at);
    if (equals_ignoring_case(line.name, name)) {
      text_.erase(at, line.size_bytes);
    } else {
      at += line.size_bytes;
    }
  }
}

std::optional<std::string_view> HeaderList::find(std::string_view name) const {
  for (std::size_t at = 0; at < text_.size();) {
    const Line line = line_at(text_, at);
    if (equals_ignoring_case(line.name, name)) return line.value;
    at += line.size_bytes;
  }
  return std::nullopt;
}

Response Response::text(int status, std::string text) {
  return typed(status, "text/plain; charset=utf-8", std::move(text));
}

Response Response::json(int status, std::string json) {
  return typed(status, "application/json; charset=utf-8", std::move(json));
}

Response Response::empty(int status) {
  Response response;
  response.status = status;
  return response;
}

Response Response::redirect(int status, std::string_view location) {
  Response response = empty(status);
  response.headers.add("Location", location);
  return response;
}

std::string error_json(std::string_view message) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out = R"({"error":")";
  for (const char c : message) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (byte < 0x20) {
      out.append("\\u00");
      out.push_back(kDigits[byte >> 4]);
      out.push_back(kDigits[byte & 15]);
    } else {
      out.push_back(c);
    }
  }
  out.append(R"("})");
  return out;
}

std::string_view reason_of(int status) {
  switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 422: return "Unprocessable Content";
    case 423: return "Locked";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 507: return "Insufficient Storage";
    default: return "Unknown";
  }
}

}  // namespace granary::net
