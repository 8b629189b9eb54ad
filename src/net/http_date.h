// Dates as HTTP headers carry them: "Tue, 24 Nov 2026 11:00:00 GMT".
#pragma once

#include <string>
#include <string_view>

#include "base/env.h"
#include "base/result.h"

namespace granary::net {

/// IMF-fixdate. Source: RFC 9110 section 5.6.7.
std::string format_http_date(WallTime time);
/// Errors: Invalid for anything but IMF-fixdate; clients send back what they were given.
Result<WallTime> parse_http_date(std::string_view text);

}  // namespace granary::net
