// Likes: liking a repo, who likes it, and what a user likes.
#pragma once

#include "api/hf/call.h"

namespace granary::api::hf {

/// POST and DELETE /api/{type}s/{repo}/like
Result<net::Response> like_repo(Context& context, Call& call);
Result<net::Response> unlike_repo(Context& context, Call& call);
/// GET /api/{type}s/{repo}/likers
Result<net::Response> list_likers(Context& context, Call& call);
/// GET /api/users/{user}/likes
Result<net::Response> list_likes(Context& context, Call& call);

}  // namespace granary::api::hf
