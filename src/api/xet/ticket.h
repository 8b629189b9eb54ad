// The ticket of a request: what its Xet token allows.
#pragma once

#include "api/xet/context.h"
#include "net/request.h"
#include "service/xet_tickets.h"

namespace granary::api::xet {

/// Errors: Unauthenticated without a valid token; Denied for a token that only reads when `use` is
/// Write.
Result<service::XetTicket> ticket_of(Context& context, const net::Request& request,
                                     service::XetUse use);

/// A hash of the route as its 64 hex digits. Errors: Invalid.
template <class Hash>
Result<Hash> hash_of(const net::Request& request) {
  auto hash = Hash::parse(request.capture("hash"));
  if (!hash) return fail(ErrorKind::Invalid, "the URL's hash is not 64 hex digits");
  return hash;
}

}  // namespace granary::api::xet
