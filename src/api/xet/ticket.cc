// A Xet token is sent as a bearer token, in the place of the hub's own.
#include "api/xet/ticket.h"

#include "net/credentials.h"
#include "service/xet_tokens.h"

namespace granary::api::xet {

Result<service::XetTicket> ticket_of(Context& context, const net::Request& request,
                                     service::XetUse use) {
  TRY(const auto token, net::token_of(request));
  return context.tokens.admit(token, use);
}

}  // namespace granary::api::xet
