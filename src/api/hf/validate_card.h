// Validate card: what clients ask before they upload a README.
#pragma once

#include "api/hf/call.h"

namespace granary::api::hf {

/// POST /api/validate-yaml: {content, repoType} to {errors, warnings}; 400 if there are errors.
Result<net::Response> validate_card(Context& context, Call& call);

}  // namespace granary::api::hf
