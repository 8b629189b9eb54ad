// Errors: the one table from an Error's kind to status, X-Error-Code and X-Error-Message.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "net/response.h"

namespace granary::api::hf {

/// Some kinds have another status for who gave no token: 401 asks to log in.
enum class Asker : std::uint8_t { Known, Stranger };

/// {"error": message} with the headers by which clients choose their exception. What went wrong
/// inside (Internal, Corrupt) is logged and not told. Source: hf-hub API, "Error contract".
net::Response to_response(const Error& error, Asker asker = Asker::Known);

/// `text` as a header can carry it: one line of printable ASCII, at most 1000 bytes.
std::string header_text(std::string_view text);

}  // namespace granary::api::hf
