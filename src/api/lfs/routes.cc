// The table.
#include "api/lfs/routes.h"

#include "api/lfs/batch.h"
#include "api/lfs/transfer.h"

namespace granary::api::lfs {
namespace {

using Work = Task<net::Response> (*)(Context&, net::Request&);

net::Handler on(Context& context, Work work) {
  return [&context, work](net::Request& request) { return work(context, request); };
}

}  // namespace

void mount(net::Router& router, Context& context) {
  // What a client asks first. The URL is git-lfs's own: the remote's with "/info/lfs" behind it.
  router.post("/{repo}.git/info/lfs/objects/batch", on(context, batch));
  router.post("/{type:datasets|spaces}/{repo}.git/info/lfs/objects/batch", on(context, batch));
  router.get("/{repo}.git/info/lfs/locks", on(context, no_locks));
  router.post("/{repo}.git/info/lfs/locks", on(context, no_locks));
  router.post("/{repo}.git/info/lfs/locks/verify", on(context, no_locks));
  router.get("/{type:datasets|spaces}/{repo}.git/info/lfs/locks", on(context, no_locks));
  router.post("/{type:datasets|spaces}/{repo}.git/info/lfs/locks", on(context, no_locks));
  router.post("/{type:datasets|spaces}/{repo}.git/info/lfs/locks/verify", on(context, no_locks));

  // Where it is sent then.
  router.put("/api/lfs/objects/{oid}", on(context, put_object));
  router.get("/api/lfs/objects/{oid}", on(context, get_object));
  router.post("/api/lfs/objects/{oid}/verify", on(context, verify));
  router.put("/api/lfs/uploads/{upload}/{part}", on(context, put_part));
  router.post("/api/lfs/uploads/{upload}", on(context, complete));
}

}  // namespace granary::api::lfs
