// People: whoami, users and organisations.
#pragma once

#include "api/hf/call.h"

namespace granary::api::hf {

/// GET /api/whoami-v2
Result<net::Response> whoami(Context& context, Call& call);
/// GET /api/users/{user}/overview
Result<net::Response> user_overview(Context& context, Call& call);
/// GET /api/organizations/{organization}/overview
Result<net::Response> organization_overview(Context& context, Call& call);
/// GET /api/organizations/{organization}/members
Result<net::Response> organization_members(Context& context, Call& call);
/// GET /api/{users|organizations}/{name}/{followers|following}: nobody follows anybody here.
Result<net::Response> no_followers(Context& context, Call& call);
/// GET /avatars/{name}.svg
Result<net::Response> avatar(Context& context, Call& call);

}  // namespace granary::api::hf
