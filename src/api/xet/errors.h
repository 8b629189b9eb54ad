// Errors: what a kind of error is to a client of the Xet protocol.
#pragma once

#include "base/result.h"
#include "net/response.h"

namespace granary::api::xet {

/// {"error":…} with the status of its kind. The clients retry any 5xx and 429 for minutes and give
/// up at once at all else, so 5xx is left to what may be over in a minute.
net::Response to_response(const Error& error);

/// What people may be told of an error: the message, or less of one that is the server's own.
std::string_view told_of(const Error& error);

}  // namespace granary::api::xet
