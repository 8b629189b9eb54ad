// Call: from a request to a handler's work and its response.
#include "api/hf/call.h"

#include <utility>

#include "api/hf/errors.h"
#include "api/hf/kept_answers.h"
#include "net/credentials.h"
#include "net/pace.h"
#include "net/pool.h"

namespace granary::api::hf {
namespace {

using CallerPointer = std::shared_ptr<const service::Caller>;

Result<CallerPointer> identify(Context& context, const net::Request& request) {
  TRY(const auto token, net::token_of(request));
  if (auto known = context.access.identify_now(token)) return known;
  TRY(auto caller, context.access.identify(token));
  return std::make_shared<const service::Caller>(std::move(caller));
}

/// On the pool: identifies the caller, does the work, turns an Error into a response.
net::Response run(Context& context, Work work, const net::Request& request, std::string body) {
  auto caller = identify(context, request);
  if (!caller) return to_response(caller.error());
  const Asker asker = (*caller)->is_stranger() ? Asker::Stranger : Asker::Known;
  Call call{.request = request, .caller = *caller, .body = std::move(body), .keep = std::nullopt};
  auto done = work(context, call);
  auto response = done ? *std::move(done) : to_response(done.error(), asker);
  if (call.keep && response.status < 500) {
    auto key = key_of(request, *call.caller);
    if (!key.empty()) keep(context.kept, std::move(key), *call.keep, response);
  }
  return response;
}

Task<net::Response> answer(Context& context, Work work, net::Request& request) {
  auto job = [&] { return run(context, work, request, {}); };
  co_return co_await net::offload(context.pool, std::move(job));
}

Task<net::Response> answer_kept(Context& context, Work work, net::Request& request) {
  const auto token = net::token_of(request);
  if (!token) co_return to_response(token.error());
  if (const auto caller = context.access.identify_now(*token)) {
    const std::string key = key_of(request, *caller);
    if (const auto kept = context.kept.find(key)) co_return response_of(*kept);
  }
  co_return co_await answer(context, work, request);
}

/// The whole body, no longer than `size_bytes_max`; `at_beat`: see On::with_body_paced.
struct Reading {
  std::size_t size_bytes_max = limits::kJsonBodySizeBytesMax;
  bool at_beat = false;
};

Task<net::Response> answer_body(Context& context, Work work, Reading reading,
                                net::Request& request) {
  auto body = co_await request.body().read_all(reading.size_bytes_max);
  if (!body) co_return to_response(body.error());
  const net::Pace pace;
  auto job = [&] { return run(context, work, request, *std::move(body)); };
  auto response = co_await net::offload(context.pool, std::move(job));
  if (reading.at_beat) co_await pace.hold();
  co_return response;
}

}  // namespace

Result<service::VisibleRepo> find_to_keep(Context& context, Call& call,
                                          const meta::RepoName& name) {
  call.keep = context.kept.freshness();
  TRY(const auto first, context.access.find(*call.caller, name));
  context.kept.stand_on(*call.keep, first.repo.id);
  // Again, since a commit may have come before stand_on; known by now, so it costs no SQL.
  return context.access.find(*call.caller, name);
}

net::Handler On::plain(Work work) const {
  return
      [&context = context_, work](net::Request& request) { return answer(context, work, request); };
}

net::Handler On::kept(Work work) const {
  return [&context = context_, work](net::Request& request) {
    return answer_kept(context, work, request);
  };
}

net::Handler On::with_body(Work work, std::size_t size_bytes_max) const {
  return [&context = context_, work, size_bytes_max](net::Request& request) {
    return answer_body(context, work, {.size_bytes_max = size_bytes_max}, request);
  };
}

net::Handler On::with_body_paced(Work work) const {
  return [&context = context_, work](net::Request& request) {
    return answer_body(context, work, {.at_beat = true}, request);
  };
}

net::Handler On::stream(StreamWork work) const {
  return [&context = context_, work](net::Request& request) { return work(context, request); };
}

Task<Result<CallerPointer>> caller_of(Context& context, const net::Request& request) {
  const auto token = net::token_of(request);
  if (!token) co_return tl::unexpected(token.error());
  if (auto known = context.access.identify_now(*token)) co_return known;
  auto job = [&] { return identify(context, request); };
  co_return co_await net::offload(context.pool, std::move(job));
}

}  // namespace granary::api::hf
