// HubApi: the whole hub API over a TestHub, driven by requests as from a socket. For tests only.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "api/hf/context.h"
#include "api/hf/reply.h"
#include "api/hf/routes.h"
#include "base/limits.h"
#include "net/exchange.h"
#include "service/hub_testing.h"

namespace granary::api::hf::testing {

/// The body, parsed. Null if the body is no JSON.
inline boost::json::value json_of(const net::ReceivedResponse& response) {
  boost::json::error_code error;
  auto value = boost::json::parse(response.body, error);
  return error ? boost::json::value(nullptr) : value;
}

/// The text at `key` of the object that the body is; "(none)" if it is not there.
inline std::string text_at(const net::ReceivedResponse& response, std::string_view key) {
  const auto value = json_of(response);
  const auto* found = value.is_object() ? value.get_object().if_contains(key) : nullptr;
  if (!found || !found->is_string()) return "(none)";
  return std::string(found->get_string());
}

class HubApi {
 public:
  HubApi() { mount(router, context); }

  struct Ask {
    std::string method = "GET";
    std::string target;
    std::string token;  // empty: a stranger
    std::vector<std::string> headers;
    std::string body;
  };
  net::ReceivedResponse ask(const Ask& ask) {
    auto headers = ask.headers;
    if (!ask.token.empty()) headers.push_back("Authorization: Bearer " + ask.token);
    if (!ask.body.empty()) headers.push_back("Content-Type: application/json");
    return net::exchange(handler, ask.method, ask.target, headers, ask.body);
  }
  net::ReceivedResponse get(const std::string& target, const std::string& token = "") {
    return ask({.target = target, .token = token});
  }
  net::ReceivedResponse post(const std::string& target, const std::string& token,
                             const std::string& body) {
    return ask({.method = "POST", .target = target, .token = token, .body = body});
  }

  service::testing::TestHub hub;
  KeptAnswers kept{*hub.facts, limits::kKeptAnswerCountMax};
  Context context{.access = hub.access,
                  .accounts = hub.accounts,
                  .repos = hub.repos,
                  .browser = hub.browser,
                  .trees = hub.trees,
                  .history = hub.history,
                  .fetch = hub.fetch,
                  .publisher = hub.publisher,
                  .refs = hub.refs,
                  .lfs_files = hub.lfs_files,
                  .downloads = hub.downloads,
                  .xet_tokens = hub.xet->tokens,
                  .cas_path = "/xet",
                  .pool = hub.pool,
                  .clock = hub.clock,
                  .kept = kept};
  net::Router router;
  net::Handler handler = with_hub_headers()(router.handler());
  const std::string alice = hub.token("alice");
  const std::string bob = hub.token("bob");
};

}  // namespace granary::api::hf::testing
