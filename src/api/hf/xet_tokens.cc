// A token goes out twice, in JSON and in headers: each client reads another of them.
#include "api/hf/xet_tokens.h"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>

#include "api/hf/names.h"
#include "api/hf/reply.h"
#include "service/xet_tokens.h"

namespace granary::api::hf {
namespace {

net::Response reply(const Context& context, const net::Request& request,
                    const service::XetToken& token) {
  const auto expires =
      std::chrono::floor<std::chrono::seconds>(token.expires.time_since_epoch()).count();
  const std::string cas_url = request.base_url() + std::string(context.cas_path);
  net::Response response =
      json_reply({{"accessToken", token.text}, {"exp", expires}, {"casUrl", cas_url}});
  response.headers.add("X-Xet-Access-Token", token.text);
  response.headers.add("X-Xet-Token-Expiration", static_cast<std::uint64_t>(expires));
  response.headers.add("X-Xet-Cas-Url", cas_url);
  response.headers.add("Cache-Control", "private, no-store");
  return response;
}

}  // namespace

Result<net::Response> xet_read_token(Context& context, Call& call) {
  TRY(const auto name, repo_of(call.request));
  TRY(const auto token,
      context.xet_tokens.to_read(*call.caller, name, call.request.capture("rev")));
  return reply(context, call.request, token);
}

Result<net::Response> xet_write_token(Context& context, Call& call) {
  TRY(const auto name, repo_of(call.request));
  if (call.request.query("create_pr").value_or("") == "1") {
    return fail(ErrorKind::Invalid, "this server has no pull requests; upload to a branch");
  }
  TRY(const auto token,
      context.xet_tokens.to_write(*call.caller, name, call.request.capture("rev")));
  return reply(context, call.request, token);
}

}  // namespace granary::api::hf
