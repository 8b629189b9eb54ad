// RequestHead: the request line and header fields, parsed and checked strictly.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace granary::net {

enum class Method : std::uint8_t { Get, Head, Post, Put, Patch, Delete, Options, Other };

/// "GET"; "Other" for Method::Other.
std::string_view name_of(Method method);
/// Method::Other for a name that is not in the list; names are case-sensitive.
Method method_of(std::string_view name);

struct HeaderView {
  std::string_view name;
  std::string_view value;
};

class RequestHead {
 public:
  std::string_view target() const { return view(target_); }
  std::string_view method_name() const { return view(method_name_); }
  /// The first value of the field `name`, compared without regard to case.
  std::optional<std::string_view> header(std::string_view name) const;
  std::size_t header_count() const { return fields_.size(); }
  HeaderView header_at(std::size_t index) const;

  Method method = Method::Other;
  bool is_http_1_0 = false;
  bool keep_alive = true;
  bool chunked = false;
  bool expects_continue = false;
  std::optional<std::uint64_t> content_length;

 private:
  friend class HeadParser;
  struct Range {
    std::uint16_t offset = 0;
    std::uint16_t size = 0;
  };
  struct FieldRange {
    Range name;
    Range value;
  };
  std::string_view view(Range range) const { return {text_.data() + range.offset, range.size}; }

  std::string text_;  // the whole head as received; ranges point into it
  Range method_name_;
  Range target_;
  std::vector<FieldRange> fields_;
};

}  // namespace granary::net
