// Xet links: how a file's headers lead clients to the Xet protocol.
#pragma once

#include "api/hf/context.h"
#include "net/request.h"
#include "net/response.h"

namespace granary::service {
struct Resolution;
}

namespace granary::api::hf {

/// X-Xet-Hash and Link, if the file that was found is had by Xet.
void add_xet_headers(net::HeaderList& headers, const Context& context, const net::Request& request,
                     const service::Resolution& resolution);

/// Whether the client asks where a file is had rather than for its bytes, as the npm client does.
bool asks_for_xet(const net::Request& request);
/// The answer, of a file that is had by Xet.
net::Response xet_file_info(const Context& context, const net::Request& request,
                            const service::Resolution& resolution);

}  // namespace granary::api::hf
