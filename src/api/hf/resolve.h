// Resolve and raw: a file of a repo, with the headers that clients take their facts from.
#pragma once

#include "api/hf/context.h"
#include "net/request.h"
#include "net/response.h"
#include "net/task.h"

namespace granary::api::hf {

/// GET and HEAD /{repo}/resolve/{rev}/{path...}: the file's content, LFS or not.
/// Source: hf-hub API, section 6.
Task<net::Response> resolve(Context& context, net::Request& request);

/// GET and HEAD /{repo}/raw/{rev}/{path...}: what git holds, so the pointer of an LFS file.
Task<net::Response> raw(Context& context, net::Request& request);

}  // namespace granary::api::hf
