// Call: how handlers are written. A plain function on the pool, with the caller already identified.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "api/hf/context.h"
#include "base/limits.h"
#include "base/result.h"
#include "net/request.h"
#include "net/response.h"
#include "net/router.h"
#include "net/task.h"
#include "service/access.h"
#include "service/answer_cache.h"

namespace granary::api::hf {

/// One request on its way through a handler.
struct Call {
  const net::Request& request;
  std::shared_ptr<const service::Caller> caller;
  std::string body;  // whole; empty unless the route is `with_body`
  /// Set by work behind `kept`: the answer stands until these facts change. Start it with
  /// context.kept.freshness() before anything is looked up, and add the repo once it is known.
  std::optional<service::Freshness> keep;
};

/// Finds a repo for an answer that is to be kept: call.keep is set to stand on it, and what is
/// found is no older. Errors: RepoNotFound, which is kept too.
Result<service::VisibleRepo> find_to_keep(Context& context, Call& call, const meta::RepoName& name);

/// May block: it runs on the pool. An Error becomes a response by errors.h.
using Work = Result<net::Response> (*)(Context&, Call&);
/// Must not block: it runs on an I/O thread, for bodies that stream.
using StreamWork = Task<net::Response> (*)(Context&, net::Request&);

/// Makes handlers for the route table: router.get("/api/whoami-v2", on.plain(whoami)).
class On {
 public:
  /// `context` outlives the handlers.
  explicit On(Context& context) : context_(context) {}

  /// Ignores the request's body.
  net::Handler plain(Work work) const;
  /// As plain, and answers at once from context.kept while an answer stands. For GET and HEAD.
  net::Handler kept(Work work) const;
  /// Reads the whole body first. Errors: TooLarge.
  net::Handler with_body(Work work,
                         std::size_t size_bytes_max = limits::kJsonBodySizeBytesMax) const;
  /// The same, with the answer at a beat: for claims of files, which others may have.
  net::Handler with_body_paced(Work work) const;
  net::Handler stream(StreamWork work) const;

 private:
  Context& context_;
};

/// Who makes the request; asks the pool only if the answer is not known already.
/// Errors: Unauthenticated.
Task<Result<std::shared_ptr<const service::Caller>>> caller_of(Context& context,
                                                               const net::Request& request);

}  // namespace granary::api::hf
