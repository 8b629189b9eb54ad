// Repo changes: create, delete, move, settings, duplicate.
#pragma once

#include "api/hf/call.h"

namespace granary::api::hf {

/// POST /api/repos/create
Result<net::Response> create_repo(Context& context, Call& call);
/// DELETE /api/repos/delete, with a JSON body
Result<net::Response> delete_repo(Context& context, Call& call);
/// POST /api/repos/move
Result<net::Response> move_repo(Context& context, Call& call);
/// PUT /api/{type}s/{repo}/settings
Result<net::Response> change_settings(Context& context, Call& call);
/// POST /api/{type}s/{repo}/duplicate
Result<net::Response> duplicate_repo(Context& context, Call& call);

}  // namespace granary::api::hf
