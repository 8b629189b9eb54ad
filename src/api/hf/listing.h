// Listing: searching repos, the tags in use, and the repos of one namespace.
#pragma once

#include "api/hf/call.h"

namespace granary::api::hf {

/// GET /api/{type}s
Result<net::Response> list_repos(Context& context, Call& call);
/// GET /api/{models|datasets}-tags-by-type
Result<net::Response> model_tags(Context& context, Call& call);
Result<net::Response> dataset_tags(Context& context, Call& call);
/// GET /api/settings/repositories, /api/organizations/{organization}/settings/repositories
Result<net::Response> own_repos(Context& context, Call& call);

}  // namespace granary::api::hf
