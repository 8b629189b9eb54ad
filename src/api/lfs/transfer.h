// Transfer: objects' bytes, in and out, by signed URLs that need no token.
#pragma once

#include "api/lfs/context.h"
#include "net/request.h"
#include "net/response.h"
#include "net/task.h"

namespace granary::api::lfs {

/// PUT /api/lfs/objects/{oid}?pass=…: a whole object.
Task<net::Response> put_object(Context& context, net::Request& request);
/// PUT /api/lfs/uploads/{upload}/{part}?pass=…: one part of an object. Answers with its ETag.
Task<net::Response> put_part(Context& context, net::Request& request);
/// POST /api/lfs/uploads/{upload}?pass=…: all parts are there.
Task<net::Response> complete(Context& context, net::Request& request);
/// POST /api/lfs/objects/{oid}/verify?pass=…: asks whether the object is there.
Task<net::Response> verify(Context& context, net::Request& request);
/// GET and HEAD /api/lfs/objects/{oid}?pass=…: an object, or a range of it.
Task<net::Response> get_object(Context& context, net::Request& request);

}  // namespace granary::api::lfs
