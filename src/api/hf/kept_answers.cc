// Kept answers: their keys, and the way from a response to a kept one and back.
#include "api/hf/kept_answers.h"

#include <array>
#include <utility>
#include <variant>

#include "base/limits.h"

namespace granary::api::hf {
namespace {

// What an answer may depend on beside the key.
constexpr std::array<std::string_view, 6> kConditions = {
    "Range", "If-None-Match", "If-Range", "If-Match", "If-Modified-Since", "If-Unmodified-Since"};

}  // namespace

std::string key_of(const net::Request& request, const service::Caller& caller) {
  for (const auto name : kConditions) {
    if (request.header(name)) return {};
  }
  std::string key;
  key.reserve(32 + request.host().size() + request.raw_target().size());
  // A token's number, not its text: secrets stay out of what is kept. No space occurs in the parts.
  key += caller.token ? std::to_string(caller.token->id.value) : "-";
  key += ' ';
  key += request.scheme();
  key += ' ';
  key += request.host();
  key += request.method() == net::Method::Head ? " H " : " G ";
  key += request.raw_target();
  return key;
}

net::Response response_of(const KeptAnswer& answer) {
  net::Response response;
  response.status = answer.status;
  response.headers = answer.headers;
  if (answer.body) {
    response.content = answer.body;
  } else if (answer.size_bytes) {
    response.content = net::SizeOnly{*answer.size_bytes};
  }
  return response;
}

void keep(KeptAnswers& kept, std::string key, const service::Freshness& freshness,
          net::Response& response) {
  auto answer = std::make_shared<KeptAnswer>();
  if (auto* text = std::get_if<std::string>(&response.content)) {
    if (text->size() > limits::kKeptAnswerSizeBytesMax) return;
    auto shared = std::make_shared<const std::string>(std::move(*text));
    response.content = shared;
    answer->body = std::move(shared);
  } else if (const auto* size = std::get_if<net::SizeOnly>(&response.content)) {
    answer->size_bytes = size->size_bytes;
  } else if (!std::holds_alternative<std::monostate>(response.content)) {
    return;
  }
  answer->status = response.status;
  answer->headers = response.headers;
  kept.put(std::move(key), freshness, std::move(answer));
}

}  // namespace granary::api::hf
