// Reply: serialising JSON, paging links, CORS.
#include "api/hf/reply.h"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <utility>

namespace granary::api::hf {
namespace {

constexpr std::string_view kExposedHeaders =
    "X-Repo-Commit, X-Request-Id, X-Error-Code, X-Error-Message, X-HF-Warning, X-Total-Count, "
    "ETag, "
    "Link, Accept-Ranges, Content-Range, Content-Disposition, X-Linked-Size, X-Linked-ETag, "
    "X-Xet-Hash, X-Xet-Access-Token, X-Xet-Token-Expiration, X-Xet-Cas-Url, Location";
constexpr std::string_view kMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

void add_hub_headers(net::Response& response) {
  response.headers.add("Access-Control-Allow-Origin", "*");
  response.headers.add("Access-Control-Expose-Headers", kExposedHeaders);
  if (!response.headers.has("Vary")) response.headers.add("Vary", "Authorization, Origin");
}

// A page of another origin asks whether it may send a token. It may: a token is never sent by
// itself, as a cookie would be.
net::Response allow_origin(const net::Request& request) {
  auto response = net::Response::empty(204);
  add_hub_headers(response);
  response.headers.add("Access-Control-Allow-Methods", kMethods);
  if (const auto wanted = request.header("Access-Control-Request-Headers")) {
    response.headers.add("Access-Control-Allow-Headers", *wanted);
  }
  response.headers.add("Access-Control-Max-Age", std::uint64_t{86400});
  return response;
}

// `next` is the middleware's own and lives as long as the handler made of it.
Task<net::Response> answer_with_headers(const net::Handler& next, net::Request& request) {
  if (request.method() == net::Method::Options && request.header("Access-Control-Request-Method")) {
    co_return allow_origin(request);
  }
  auto response = co_await next(request);
  add_hub_headers(response);
  co_return response;
}

}  // namespace

net::Response json_reply(const boost::json::value& body, int status) {
  return net::Response::json(status, boost::json::serialize(body));
}

void add_next_link(net::Response& response, const net::Request& request, std::string_view cursor) {
  if (cursor.empty()) return;
  std::string link = "<" + request.base_url() + std::string(request.raw_path()) + "?";
  for (const auto& field : request.query_fields()) {
    if (field.name == "cursor") continue;
    link += net::percent_encode(field.name) + "=" + net::percent_encode(field.value) + "&";
  }
  // The space after ';' is what the npm client's expression asks for.
  link += "cursor=" + net::percent_encode(cursor) + ">; rel=\"next\"";
  response.headers.add("Link", link);
}

net::Middleware with_hub_headers() {
  return [](net::Handler next) -> net::Handler {
    return [next = std::move(next)](net::Request& request) {
      return answer_with_headers(next, request);
    };
  };
}

}  // namespace granary::api::hf
