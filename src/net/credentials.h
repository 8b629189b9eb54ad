// Credentials: the token that a request carries in its Authorization header.
#pragma once

#include <string>

#include "base/result.h"
#include "net/request.h"

namespace granary::net {

/// `Bearer <token>`, or `Basic` with the token as password (as user name, if the password is empty:
/// "https://hf_…@host"). Empty: none was sent. Whether it is valid is for service::Access to say.
/// Errors: Unauthenticated for another scheme, or for what does not decode.
Result<std::string> token_of(const Request& request);

}  // namespace granary::net
