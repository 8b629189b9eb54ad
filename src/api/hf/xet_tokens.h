// Handlers that hand out Xet tokens.
#pragma once

#include "api/hf/call.h"

namespace granary::api::hf {

Result<net::Response> xet_read_token(Context& context, Call& call);
Result<net::Response> xet_write_token(Context& context, Call& call);

}  // namespace granary::api::hf
