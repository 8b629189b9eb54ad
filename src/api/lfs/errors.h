// Errors: the one table from an Error's kind to the status that LFS clients expect.
#pragma once

#include "base/result.h"
#include "net/request.h"
#include "net/response.h"

namespace granary::api::lfs {

/// Someone who gave no token is asked for one instead of being told what is missing.
enum class Asker : std::uint8_t { Known, Stranger };

/// The status of an error, for one object of a batch, too.
int status_of(ErrorKind kind);
/// {"message":…} with LFS-Authenticate where a token would help, and the headers by which the hub's
/// clients choose their exception. What went wrong inside is logged and not told.
/// Source: git-lfs docs/api/batch.md, "Response Errors".
net::Response to_response(const Error& error, const net::Request& request,
                          Asker asker = Asker::Known);

}  // namespace granary::api::lfs
