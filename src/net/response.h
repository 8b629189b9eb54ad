// Response: status, headers and content: none, text in memory, or a source of pieces.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "net/body_source.h"

namespace granary::net {

/// Header fields in the order added, kept as the text that goes out.
class HeaderList {
 public:
  /// Adds a field. Control characters in `value` become spaces, so no value can start another
  /// field.
  void add(std::string_view name, std::string_view value);
  void add(std::string_view name, std::uint64_t number);
  /// Replaces every field of that name by one.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);
  /// The first value, whatever the case of its name.
  std::optional<std::string_view> find(std::string_view name) const;
  bool has(std::string_view name) const { return find(name).has_value(); }
  /// "Name: value\r\n" for each field.
  std::string_view text() const { return text_; }

 private:
  std::string text_;
};

/// Answers HEAD with the Content-Length that GET would have, without making the content.
struct SizeOnly {
  std::uint64_t size_bytes;
};

/// The shared string is for bodies that a cache holds too.
using Content = std::variant<std::monostate, std::string, std::shared_ptr<const std::string>,
                             std::unique_ptr<BodySource>, SizeOnly>;

/// A HEAD request gets the headers of any content, never its bytes. Content-Length,
/// Transfer-Encoding, Connection, Date and X-Request-Id are written by the server; a handler sets
/// none of them.
struct Response {
  int status = 200;
  HeaderList headers;
  Content content;

  /// text/plain; charset=utf-8.
  static Response text(int status, std::string text);
  /// application/json; charset=utf-8, of text that is JSON already.
  static Response json(int status, std::string json);
  static Response empty(int status);
  /// `status` is one of 301, 302, 303, 307, 308.
  static Response redirect(int status, std::string_view location);
};

/// {"error":"<message>"}, escaped: the body that every client of the hub understands.
std::string error_json(std::string_view message);

/// "Not Found"; "Unknown" for a status we never send.
std::string_view reason_of(int status);

}  // namespace granary::net
