// The table.
#include "api/xet/routes.h"

#include "api/xet/downloads.h"
#include "api/xet/uploads.h"

namespace granary::api::xet {
namespace {

using Work = Task<net::Response> (*)(Context&, net::Request&);

net::Handler on(Context& context, Work work) {
  return [&context, work](net::Request& request) { return work(context, request); };
}

Task<net::Response> unknown(net::Request&) {
  co_return net::Response::json(404, net::error_json("this server has no such Xet route"));
}

}  // namespace

void mount(net::Router& router, Context& context) {
  // Reading.
  router.get("/xet/v2/reconstructions/{hash}", on(context, reconstruction_v2));
  router.get("/xet/v1/reconstructions/{hash}", on(context, reconstruction_v1));
  router.get("/xet/v1/reconstructions", on(context, reconstructions_by_query));
  router.post("/xet/v1/reconstructions", on(context, reconstructions_by_body));
  router.head("/xet/v1/files/{hash}", on(context, file_size));
  router.get("/xet/v2/file-chunk-hashes/{hash}", on(context, file_chunk_hashes));
  router.head("/xet/v1/xorbs/{prefix}/{hash}", on(context, xorb_size));
  router.get("/xet/xorbs/{hash}", on(context, fetch_xorb));

  // Writing.
  router.get("/xet/v1/chunks/{prefix}/{hash}", on(context, find_chunk));
  router.post("/xet/v1/xorb-grants/{prefix}/{hash}", on(context, grant_xorb));
  router.post("/xet/v1/xorbs/{prefix}/{hash}", on(context, post_xorb));
  router.post("/xet/v1/shards", on(context, post_shard_v1));
  router.post("/xet/v2/shards", on(context, post_shard_v2));

  // The clients send this to the host itself, whatever the URL of the CAS is.
  router.post("/v1/telemetry", on(context, telemetry));
  router.post("/xet/v1/telemetry", on(context, telemetry));

  // Never a 405: an upload would end at it.
  router.fallback("/xet", unknown);
}

}  // namespace granary::api::xet
