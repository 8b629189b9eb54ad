// Handlers that take xorbs and shards, and that tell what need not be sent.
#pragma once

#include "api/xet/context.h"
#include "net/request.h"
#include "net/response.h"
#include "net/task.h"

namespace granary::api::xet {

Task<net::Response> find_chunk(Context& context, net::Request& request);
/// 200 if the xorb is stored already, 404 to have it posted here.
Task<net::Response> grant_xorb(Context& context, net::Request& request);
Task<net::Response> post_xorb(Context& context, net::Request& request);
/// Answers once the files are there (v1), or line by line while they are checked (v2).
Task<net::Response> post_shard_v1(Context& context, net::Request& request);
Task<net::Response> post_shard_v2(Context& context, net::Request& request);
/// Counts of what a client did: taken, and not kept.
Task<net::Response> telemetry(Context& context, net::Request& request);

}  // namespace granary::api::xet
