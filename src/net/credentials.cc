// Credentials: decoding of Bearer and Basic.
#include "net/credentials.h"

#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/text.h"

namespace granary::net {
namespace {

// Clients compare this text to tell a bad token from a missing repo (hf-hub API, "Error contract").
tl::unexpected<Error> bad_credentials() {
  return fail(ErrorKind::Unauthenticated, "Invalid credentials in Authorization header");
}

Result<std::string> token_of_basic(std::string_view encoded) {
  auto decoded = parse_base64(encoded);
  if (!decoded) return bad_credentials();
  const std::string_view pair = as_text(*decoded);
  const auto colon = pair.find(':');
  if (colon == std::string_view::npos) return bad_credentials();
  const std::string_view password = pair.substr(colon + 1);
  return std::string(password.empty() ? pair.substr(0, colon) : password);
}

}  // namespace

Result<std::string> token_of(const Request& request) {
  const auto header = request.header("Authorization");
  if (!header) return std::string();
  const std::string_view text = trim(*header);
  const auto space = text.find(' ');
  if (space == std::string_view::npos) return bad_credentials();
  const std::string_view scheme = text.substr(0, space);
  const std::string_view credentials = trim(text.substr(space + 1));
  if (credentials.empty()) return bad_credentials();
  if (equals_ignoring_case(scheme, "Bearer")) return std::string(credentials);
  if (equals_ignoring_case(scheme, "Basic")) return token_of_basic(credentials);
  return bad_credentials();
}

}  // namespace granary::net
