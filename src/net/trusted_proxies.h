// TrustedProxies: whose X-Forwarded headers are believed, and what they then say.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/request.h"

namespace granary::net {

class TrustedProxies {
 public:
  /// "127.0.0.1", "10.0.0.0/8", "fd00::/8". Errors: Invalid.
  static Result<TrustedProxies> create(const std::vector<std::string>& ranges);
  TrustedProxies();
  TrustedProxies(TrustedProxies&&) noexcept;
  TrustedProxies& operator=(TrustedProxies&&) noexcept;
  ~TrustedProxies();

  /// Whether an address, as text, lies in one of the ranges.
  bool contains(std::string_view address) const;

  /// Replaces peer address, scheme and host by what the proxy says. Only for a peer in `contains`.
  /// Of a list, the last entry counts, since the first ones come from the client; of addresses, the
  /// last one that is not itself a trusted proxy.
  void apply(const RequestHead& head, RequestOrigin& origin) const;

 private:
  struct Ranges;
  std::unique_ptr<Ranges> ranges_;
};

}  // namespace granary::net
