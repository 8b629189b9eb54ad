// Ref changes: making and deleting branches and tags, and squashing a branch.
#pragma once

#include "api/hf/call.h"

namespace granary::api::hf {

/// POST and DELETE /api/{type}s/{repo}/branch/{rev}
Result<net::Response> create_branch(Context& context, Call& call);
Result<net::Response> delete_branch(Context& context, Call& call);
/// POST /api/{type}s/{repo}/tag/{rev}: the tag's name is in the body, the revision in the path.
Result<net::Response> create_tag(Context& context, Call& call);
/// DELETE /api/{type}s/{repo}/tag/{rev}: the tag's name is in the path.
Result<net::Response> delete_tag(Context& context, Call& call);
/// POST /api/{type}s/{repo}/super-squash/{rev}
Result<net::Response> squash(Context& context, Call& call);

}  // namespace granary::api::hf
