// Access requests: asking for the files of a gated repo, and answering those who ask.
#pragma once

#include "api/hf/call.h"

namespace granary::api::hf {

/// POST /api/{type}s/{repo}/ask-access, with the answers to the form as a JSON object, or no body
Result<net::Response> ask_access(Context& context, Call& call);
/// GET /api/{type}s/{repo}/user-access-request/{pending|accepted|rejected}
Result<net::Response> list_access_requests(Context& context, Call& call);
/// POST /api/{type}s/{repo}/user-access-request/handle
Result<net::Response> handle_access_request(Context& context, Call& call);
/// POST /api/{type}s/{repo}/user-access-request/grant
Result<net::Response> grant_access(Context& context, Call& call);

}  // namespace granary::api::hf
