// RequestIds: a token for every request, the client's own where it is a sane one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/env.h"

namespace granary::net {

/// Whether a client's token may be echoed and logged: 1 to 128 letters, digits and "-._=:;/+".
bool is_request_id(std::string_view text);

/// Makes ids that do not repeat; not secret. One per thread.
class RequestIds {
 public:
  explicit RequestIds(Random& random);
  /// 24 lower-case hex digits.
  std::string next();

 private:
  std::uint64_t prefix_ = 0;
  std::uint32_t count_ = 0;
};

}  // namespace granary::net
