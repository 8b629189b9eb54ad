// Heads by Beast's basic_parser, with the checks that it leaves to its user.
#include "net/head_parser.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <charconv>
#include <utility>

#include "base/limits.h"

namespace granary::net {
namespace {

namespace http = boost::beast::http;

constexpr std::array<std::string_view, 8> kMethodNames = {"GET",   "HEAD",   "POST",    "PUT",
                                                          "PATCH", "DELETE", "OPTIONS", "Other"};

// Ranges into the head are 16 bits wide.
static_assert(limits::kHeaderSizeBytesMax < 65536);

bool is_token_character(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kMarks.find(c) != std::string_view::npos;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

/// Turns Beast's callbacks into a RequestHead and counts the fields that must be single.
class HeadParser final : public http::basic_parser<true> {
 public:
  HeadParser() {
    header_limit(static_cast<std::uint32_t>(limits::kHeaderSizeBytesMax));
    body_limit(boost::none);
    eager(false);
  }

  Result<RequestHead> parse(std::string_view head) {
    head_.text_ = head;
    boost::beast::error_code error;
    put(boost::asio::buffer(head_.text_.data(), head_.text_.size()), error);
    if (too_many_fields_) return fail(ErrorKind::TooLarge, "too many header fields");
    if (error && error != http::error::need_more) {
      return fail(ErrorKind::Invalid, "malformed request: " + error.message());
    }
    if (!is_header_done()) return fail(ErrorKind::Invalid, "malformed request: cut short");
    head_.keep_alive = keep_alive();
    TRY_DONE(check_framing());
    TRY_DONE(check_host());
    TRY_DONE(check_target());
    return std::move(head_);
  }

 private:
  using View = boost::beast::string_view;
  using ErrorCode = boost::beast::error_code;

  void on_request_impl(http::verb, View method, View target, int version, ErrorCode&) override {
    head_.is_http_1_0 = version == 10;
    head_.method_name_ = range(method);
    head_.target_ = range(target);
    head_.method = method_of({method.data(), method.size()});
  }

  void on_field_impl(http::field field, View name, View value, ErrorCode& error) override {
    if (head_.fields_.size() == limits::kHeaderCountMax) {
      too_many_fields_ = true;
      error = http::error::header_limit;
      return;
    }
    head_.fields_.push_back({range(name), range(value)});
    if (field == http::field::host) ++host_count_;
    if (field == http::field::content_length) ++content_length_count_;
    if (field == http::field::transfer_encoding) ++transfer_encoding_count_;
  }

  // The rest of Beast's interface: never reached with a body, since only heads are given.
  void on_response_impl(int, View, int, ErrorCode&) override {}
  void on_header_impl(ErrorCode&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  std::size_t on_body_impl(View body, ErrorCode&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, View, ErrorCode&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View body, ErrorCode&) override {
    return body.size();
  }
  void on_finish_impl(ErrorCode&) override {}

  RequestHead::Range range(View part) const {
    if (part.empty()) return {};
    return {static_cast<std::uint16_t>(part.data() - head_.text_.data()),
            static_cast<std::uint16_t>(part.size())};
  }

  Result<void> check_framing() {
    if (transfer_encoding_count_ > 0) {
      // A coding that is not understood here, or understood otherwise by a proxy in front, would
      // let a body be read as the next request.
      const auto coding = head_.header("Transfer-Encoding").value_or("");
      if (transfer_encoding_count_ > 1 || !equals_ignoring_case(coding, "chunked")) {
        return fail(ErrorKind::Invalid, "Transfer-Encoding may only be chunked");
      }
      if (head_.is_http_1_0) {
        return fail(ErrorKind::Invalid, "Transfer-Encoding needs HTTP/1.1");
      }
      if (content_length_count_ > 0) {
        return fail(ErrorKind::Invalid, "both Content-Length and Transfer-Encoding");
      }
      head_.chunked = true;
    }
    if (content_length_count_ > 1) return fail(ErrorKind::Invalid, "more than one Content-Length");
    if (content_length_count_ == 1) {
      const auto text = head_.header("Content-Length").value_or("");
      std::uint64_t length = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
      if (error != std::errc() || end != text.data() + text.size()) {
        return fail(ErrorKind::Invalid, "Content-Length must be one decimal number");
      }
      head_.content_length = length;
    }
    const auto expect = head_.header("Expect");
    head_.expects_continue =
        !head_.is_http_1_0 && expect && equals_ignoring_case(*expect, "100-continue");
    return {};
  }

  Result<void> check_host() const {
    if (host_count_ > 1) return fail(ErrorKind::Invalid, "more than one Host");
    if (host_count_ == 0 && !head_.is_http_1_0) return fail(ErrorKind::Invalid, "no Host");
    if (!is_host(head_.header("Host").value_or(""))) return fail(ErrorKind::Invalid, "bad Host");
    return {};
  }

  Result<void> check_target() {
    const std::string_view target = head_.target();
    if (target.size() > limits::kTargetSizeBytesMax) {
      return fail(ErrorKind::TooLarge, "the URL is too long");
    }
    if (target.starts_with('/')) return {};
    if (target == "*" && head_.method == Method::Options) return {};
    return reduce_absolute_target(target);
  }

  /// "http://host/path" becomes "/path", if the host is the one in the Host field.
  Result<void> reduce_absolute_target(std::string_view target) {
    const std::size_t scheme_end = target.find("://");
    const std::string_view scheme = target.substr(0, std::min(scheme_end, target.size()));
    if (scheme_end == std::string_view::npos ||
        !(equals_ignoring_case(scheme, "http") || equals_ignoring_case(scheme, "https"))) {
      return fail(ErrorKind::Invalid, "the request target must be a path");
    }
    const std::size_t host_start = scheme_end + 3;
    const std::size_t path_start = std::min(target.find_first_of("/?", host_start), target.size());
    const std::string_view host = target.substr(host_start, path_start - host_start);
    if (!equals_ignoring_case(host, head_.header("Host").value_or(""))) {
      return fail(ErrorKind::Invalid, "the request target names another host");
    }
    if (path_start == target.size() || target[path_start] != '/') {
      return fail(ErrorKind::Invalid, "the request target has no path");
    }
    head_.target_.offset = static_cast<std::uint16_t>(head_.target_.offset + path_start);
    head_.target_.size = static_cast<std::uint16_t>(head_.target_.size - path_start);
    return {};
  }

  RequestHead head_;
  int host_count_ = 0;
  int content_length_count_ = 0;
  int transfer_encoding_count_ = 0;
  bool too_many_fields_ = false;
};

bool is_host(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~:[]%").find(c) != std::string_view::npos;
  });
}

Result<RequestHead> parse_head(std::string_view head) { return HeadParser().parse(head); }

std::string_view name_of(Method method) { return kMethodNames[static_cast<std::size_t>(method)]; }

Method method_of(std::string_view name) {
  for (std::size_t i = 0; i + 1 < kMethodNames.size(); ++i) {
    if (kMethodNames[i] == name) return static_cast<Method>(i);
  }
  return Method::Other;
}

std::optional<std::string_view> RequestHead::header(std::string_view name) const {
  for (const FieldRange& field : fields_) {
    if (equals_ignoring_case(view(field.name), name)) return view(field.value);
  }
  return std::nullopt;
}

HeaderView RequestHead::header_at(std::size_t index) const {
  GRANARY_ASSERT(index < fields_.size());
  return {view(fields_[index].name), view(fields_[index].value)};
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

Result<std::optional<std::size_t>> find_head_end(std::string_view bytes, HeadScan& scan) {
  if (scan.line_start == 0 && bytes.starts_with("\r\n")) scan = {2, 2, 2};
  // A byte that can start no request is answered at once; without this, a TLS handshake sent to a
  // plain port would wait for a line end until the deadline.
  if (bytes.size() > scan.head_start && !is_token_character(bytes[scan.head_start]) &&
      bytes != "\r") {
    return fail(ErrorKind::Invalid, "this is not an HTTP request");
  }
  while (true) {
    const std::size_t line_end = bytes.find('\n', scan.scanned);
    if (line_end == std::string_view::npos) break;
    if (line_end == scan.line_start || bytes[line_end - 1] != '\r') {
      return fail(ErrorKind::Invalid, "every line must end in CRLF");
    }
    if (line_end - scan.head_start >= limits::kHeaderSizeBytesMax) break;
    if (line_end == scan.line_start + 1) return std::optional<std::size_t>(line_end + 1);
    if (bytes[scan.line_start] == ' ' || bytes[scan.line_start] == '\t') {
      return fail(ErrorKind::Invalid, "header fields must not be folded");
    }
    scan.line_start = line_end + 1;
    scan.scanned = line_end + 1;
  }
  scan.scanned = bytes.size();
  if (bytes.size() - scan.head_start >= limits::kHeaderSizeBytesMax) {
    return fail(ErrorKind::TooLarge, "the request's header is too large");
  }
  return std::optional<std::size_t>();
}

}  // namespace granary::net
