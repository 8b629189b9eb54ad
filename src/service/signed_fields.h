// Signed fields: texts of fields between dots that the instance itself has signed.
#pragma once

#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/bytes.h"
#include "base/env.h"
#include "base/result.h"

namespace granary::meta {
class AccountStore;
}

namespace granary::service {

/// `text`, a dot, and its HMAC-SHA-256 under `key` in hex.
std::string sign_text(const Bytes& key, std::string text);

/// The text that sign_text was given. Errors: Denied for any other text.
Result<std::string_view> check_signature(const Bytes& key, std::string_view signed_text);

/// Decimal digits without sign or leading zeros: each number has one spelling. Errors: Invalid.
template <class Number>
Result<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || text.front() == '-' || (text.front() == '0' && text.size() > 1)) {
    return fail(ErrorKind::Invalid, "not a number");
  }
  return number;
}

/// A time as fields have it: whole seconds since 1970, rounded down.
std::string seconds_text(WallTime time);
Result<WallTime> parse_seconds(std::string_view text);

/// The 32 random bytes that all servers of an instance sign with: kept in the instance's settings,
/// made there at the first start.
Result<Bytes> read_signing_key(Random& random, meta::AccountStore& accounts);

}  // namespace granary::service
