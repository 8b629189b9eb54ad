// Handlers that tell of which xorbs a file is made, and that send their bytes.
#pragma once

#include "api/xet/context.h"
#include "net/request.h"
#include "net/response.h"
#include "net/task.h"

namespace granary::api::xet {

Task<net::Response> reconstruction_v1(Context& context, net::Request& request);
Task<net::Response> reconstruction_v2(Context& context, net::Request& request);
/// Of many files at once, whole ones: named in the query, or in a JSON body.
Task<net::Response> reconstructions_by_query(Context& context, net::Request& request);
Task<net::Response> reconstructions_by_body(Context& context, net::Request& request);
/// For an edit of the ranges in X-Range-Dirty.
Task<net::Response> file_chunk_hashes(Context& context, net::Request& request);
/// HEAD: the size of a file, and of a xorb in the form that is sent.
Task<net::Response> file_size(Context& context, net::Request& request);
Task<net::Response> xorb_size(Context& context, net::Request& request);
/// A run of a xorb's bytes, for which the URL carries a pass.
Task<net::Response> fetch_xorb(Context& context, net::Request& request);

}  // namespace granary::api::xet
