// Heads of requests, and what is read out of their fields: who asks, from where, since when.
#include "net/byte_range.h"
#include "net/credentials.h"
#include "net/head_parser.h"
#include "net/http_date.h"
#include "net/request_ids.h"
#include "net/trusted_proxies.h"

using namespace granary;

namespace {

class NoBody final : public net::Body {
 public:
  Task<Result<std::size_t>> read(std::span<std::byte>) override { co_return std::size_t{0}; }
  std::optional<std::uint64_t> size_bytes() const override { return 0; }
};

void read_fields(net::RequestHead head) {
  static NoBody body;
  static const auto proxies = *net::TrustedProxies::create({"10.0.0.0/8", "fd00::/8"});
  net::RequestOrigin origin;
  proxies.apply(head, origin);
  auto target = net::parse_target(head.target());
  if (!target) return;
  const net::Request request(std::move(head), *std::move(target), std::move(origin), body);
  (void)net::token_of(request);
  for (std::size_t i = 0; i < request.header_count(); ++i) {
    const std::string_view value = request.header_at(i).value;
    GRANARY_ASSERT(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
    (void)net::is_request_id(value);
    (void)net::is_same_etag(value, "\"abc\"");
    const auto date = net::parse_http_date(value);
    if (date) GRANARY_ASSERT(net::format_http_date(*date) == value);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  net::HeadScan scan;
  const auto end = net::find_head_end(bytes, scan);
  if (!end || !*end) return 0;
  GRANARY_ASSERT(scan.head_start < **end && **end <= size);
  auto head = net::parse_head(bytes.substr(scan.head_start, **end - scan.head_start));
  if (head) read_fields(*std::move(head));
  return 0;
}
