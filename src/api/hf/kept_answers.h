// Kept answers: whole responses that an I/O thread gives again without asking any service.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/env.h"
#include "net/request.h"
#include "net/response.h"
#include "service/access.h"
#include "service/answer_cache.h"

namespace granary::api::hf {

/// A response without a body that must be made anew: text, only its size, or nothing.
struct KeptAnswer {
  int status = 200;
  net::HeaderList headers;
  std::shared_ptr<const std::string> body;  // null: see size_bytes
  std::optional<std::uint64_t> size_bytes;  // of what HEAD does not send
};

using KeptAnswers = service::AnswerCache<KeptAnswer>;

/// The key of a request's answer: who asks, how we were reached, method and target. Empty if the
/// answer depends on more than these (Range, If-None-Match, …) and so cannot be kept.
std::string key_of(const net::Request& request, const service::Caller& caller);

/// The response of a kept answer.
net::Response response_of(const KeptAnswer& answer);

/// Keeps `response` if it is small enough and holds no stream; its text moves into a shared body.
void keep(KeptAnswers& kept, std::string key, const service::Freshness& freshness,
          net::Response& response);

}  // namespace granary::api::hf
