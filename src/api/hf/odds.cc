// Odds: fixed answers.
#include "api/hf/odds.h"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>

#include "api/hf/errors.h"
#include "api/hf/reply.h"

namespace granary::api::hf {

Task<net::Response> ignore_telemetry(Context&, net::Request&) {
  co_return net::Response::empty(204);
}

Task<net::Response> agent_harnesses(Context&, net::Request&) {
  co_return net::Response::json(200, R"({"standardEnvVars":[],"harnesses":{}})");
}

Task<net::Response> no_device_login(Context&, net::Request& request) {
  const std::string text =
      "this server has no login by browser: run `hf auth login --token hf_...` with a token that "
      "`granary token add USER` prints, for " +
      request.base_url();
  boost::json::object body{{"error", "not_found"}, {"error_description", text}};
  auto response = json_reply(body, 404);
  response.headers.add("X-Error-Message", header_text(text));
  co_return response;
}

Task<net::Response> no_such_kind(Context&, net::Request&) {
  co_return to_response(
      Error{ErrorKind::RepoNotFound,
            "Repository Not Found: this server holds models, datasets and spaces"});
}

Task<net::Response> unknown_route(Context&, net::Request&) {
  co_return to_response(Error{ErrorKind::NotFound, "this server does not offer this route"});
}

}  // namespace granary::api::hf
