// Upload: what clients ask before they send files.
#pragma once

#include "api/hf/call.h"

namespace granary::api::hf {

/// POST /api/validate-yaml {content, repoType}: findings about a README, as JSON whatever they are.
Result<net::Response> validate_yaml(Context& context, Call& call);
/// POST …/preupload/{rev}: how each file is to be sent, and which are there. Source: hf-hub API, 7.3.
Result<net::Response> preupload(Context& context, Call& call);

/// Errors: Invalid if the request asks for a pull request, which this server does not offer yet.
Result<void> refuse_pull_request(const net::Request& request);

}  // namespace granary::api::hf
