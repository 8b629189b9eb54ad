// Reply: JSON responses, paging links, and the headers that every response carries.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

#include "net/request.h"
#include "net/response.h"
#include "net/router.h"

namespace granary::api::hf {

net::Response json_reply(const boost::json::value& body, int status = 200);

/// Link: <the request's URL with `cursor`>; rel="next". Nothing for an empty cursor.
void add_next_link(net::Response& response, const net::Request& request, std::string_view cursor);

/// Adds CORS and Vary to every response and answers CORS preflights. (X-Request-Id is the
/// server's.)
net::Middleware with_hub_headers();

}  // namespace granary::api::hf
