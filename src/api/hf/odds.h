// Odds: routes that clients touch and that need nothing of ours, and the answer to all others.
#pragma once

#include "api/hf/call.h"

namespace granary::api::hf {

/// HEAD /api/telemetry/{path...}: nothing is recorded.
Task<net::Response> ignore_telemetry(Context& context, net::Request& request);
/// GET /api/agent-harnesses: the first request of every Python process, which keeps a 200 for a
/// day.
Task<net::Response> agent_harnesses(Context& context, net::Request& request);
/// /oauth/…: there is no login by browser; says what to do instead.
Task<net::Response> no_device_login(Context& context, net::Request& request);
/// A kind of repo that this server does not hold: buckets, kernels.
Task<net::Response> no_such_kind(Context& context, net::Request& request);
/// Any other route of the API.
Task<net::Response> unknown_route(Context& context, net::Request& request);

}  // namespace granary::api::hf
