// Xorbs into the store as they come; shards checked and answered.
#include "api/xet/uploads.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/xet/errors.h"
#include "api/xet/paced_answer.h"
#include "api/xet/shard.h"
#include "api/xet/shard_reply.h"
#include "api/xet/shard_writer.h"
#include "api/xet/ticket.h"
#include "api/xet/xorb_decoder.h"
#include "base/limits.h"
#include "net/pace.h"
#include "net/pool.h"
#include "net/pump.h"
#include "net/timeout.h"
#include "service/xet_dedupe.h"
#include "service/xet_uploads.h"

namespace granary::api::xet {
namespace {

using service::XetTicket;
using service::XetUse;

// A client waits five minutes for a next line.
constexpr std::chrono::seconds kProgressTime{15};

/// A body of which nothing is kept.
Task<Result<void>> drop_body(net::Request& request, net::Pool& pool) {
  net::Sink sink = [](ByteView) -> Result<void> { return {}; };
  CO_TRY_DONE(co_await net::pump(request.body(), pool, std::move(sink)));
  co_return Result<void>();
}

Result<net::Response> answer_chunk(Context& context, const net::Request& request) {
  TRY(const auto ticket, ticket_of(context, request, XetUse::Write));
  TRY(const auto chunk, hash_of<ChunkHash>(request));
  TRY(const auto answer,
      context.dedupe.find(ticket, chunk, request.header("X-Xet-Session-Id").value_or("")));
  net::Response response;
  response.headers.add("Content-Type", "application/octet-stream");
  response.content = write_dedupe_shard(answer);
  return response;
}

Result<net::Response> answer_grant(Context& context, const net::Request& request) {
  TRY(const auto ticket, ticket_of(context, request, XetUse::Write));
  TRY(const auto hash, hash_of<XorbHash>(request));
  TRY(const bool is_stored, context.uploads.has_xorb(ticket, hash));
  if (!is_stored) return fail(ErrorKind::NotFound, "post the xorb to this server");
  return net::Response::json(200, "{}");
}

/// Shared by the handler and the pool's work, of which either may end first.
struct XorbTransfer {
  XorbDecoder decoder;
  std::unique_ptr<service::XorbUpload> upload;  // null: the xorb is stored already
};

Result<std::shared_ptr<XorbTransfer>> start_xorb(Context& context, const net::Request& request) {
  TRY(const auto ticket, ticket_of(context, request, XetUse::Write));
  TRY(const auto hash, hash_of<XorbHash>(request));
  auto transfer = std::make_shared<XorbTransfer>();
  TRY(const bool is_stored, context.uploads.has_xorb(ticket, hash));
  if (is_stored) return transfer;
  TRY(transfer->upload, context.uploads.start_xorb(ticket, hash));
  return transfer;
}

Task<Result<net::Response>> take_xorb(Context& context, net::Request& request) {
  auto begin = [&] { return start_xorb(context, request); };
  CO_TRY(auto transfer, co_await net::offload(context.pool, std::move(begin)));
  if (!transfer->upload) {
    CO_TRY_DONE(co_await drop_body(request, context.pool));
    co_return net::Response::json(200, R"({"was_inserted":false})");
  }
  net::Sink sink = [transfer](ByteView bytes) {
    return transfer->decoder.write(
        bytes, [&](ByteView chunk) { return transfer->upload->add_chunk(chunk); });
  };
  CO_TRY_DONE(co_await net::pump(request.body(), context.pool, std::move(sink)));
  auto end = [transfer]() -> Result<void> {
    TRY_DONE(transfer->decoder.finish());
    return transfer->upload->finish();
  };
  // As for an object of LFS: the time does not show that others have the xorb.
  const net::Pace pace;
  const auto ended = co_await net::offload(context.pool, std::move(end));
  context.pool.post([dropped = std::move(transfer)] {});
  co_await pace.hold(net::kKeepBeat);
  CO_TRY_DONE(ended);
  co_return net::Response::json(200, R"({"was_inserted":true})");
}

/// A shard whose sender may write; what it claims, in the service's words.
struct ShardClaims {
  XetTicket ticket;
  std::vector<service::XetFileClaim> files;
  std::vector<service::XorbClaim> xorbs;
};

ShardClaims claims_of(XetTicket ticket, Shard shard) {
  ShardClaims claims{.ticket = std::move(ticket), .files = {}, .xorbs = {}};
  for (ShardFile& file : shard.files) {
    auto& claim = claims.files.emplace_back();
    claim.hash = file.hash;
    claim.sha256 = file.sha256;
    for (const ShardTerm& term : file.terms) {
      claim.terms.push_back({.xorb = term.xorb,
                             .chunk_start = term.chunk_start,
                             .chunk_end = term.chunk_end,
                             .unpacked_size_bytes = term.size_bytes,
                             .range_hash = term.range_hash});
    }
  }
  for (ShardXorb& xorb : shard.xorbs) {
    auto& claim = claims.xorbs.emplace_back();
    claim.hash = xorb.hash;
    for (const ShardChunk& chunk : xorb.chunks) {
      claim.chunks.push_back({.hash = chunk.hash, .size_bytes = chunk.size_bytes});
    }
  }
  return claims;
}

/// Who sends is asked first: a stranger's shard is not even read.
Task<Result<ShardClaims>> read_claims(Context& context, net::Request& request) {
  CO_TRY(auto ticket, ticket_of(context, request, XetUse::Write));
  CO_TRY(const auto body, co_await request.body().read_all(limits::kShardSizeBytesMax));
  auto parse = [&]() -> Result<ShardClaims> {
    TRY(auto shard, parse_shard(as_bytes(body)));
    return claims_of(std::move(ticket), std::move(shard));
  };
  co_return co_await net::offload(context.pool, std::move(parse));
}

/// The check of a shard, under way on the pool. Shared by it and by the reply.
class Registration {
 public:
  explicit Registration(ShardClaims claims) : claims_(std::move(claims)) {}

  /// On the pool.
  void run(service::XetUploads& uploads) {
    const auto progress = [this](std::uint64_t done, std::uint64_t total) {
      done_bytes_.store(done, std::memory_order_relaxed);
      total_bytes_.store(total, std::memory_order_relaxed);
      return !abandoned_.load(std::memory_order_relaxed);
    };
    auto outcome = uploads.register_files(claims_.ticket, claims_.files, claims_.xorbs, progress);
    const std::lock_guard lock(mutex_);
    outcome_.emplace(std::move(outcome));
  }

  std::optional<Result<void>> outcome() const {
    const std::lock_guard lock(mutex_);
    return outcome_;
  }
  std::string progress_line() const {
    return validating_line(done_bytes_.load(std::memory_order_relaxed),
                           total_bytes_.load(std::memory_order_relaxed));
  }
  /// Nobody waits for it any longer.
  void abandon() { abandoned_.store(true, std::memory_order_relaxed); }

 private:
  ShardClaims claims_;
  std::atomic<std::uint64_t> done_bytes_{0}, total_bytes_{0};
  std::atomic<bool> abandoned_{false};
  mutable std::mutex mutex_;
  std::optional<Result<void>> outcome_;
};

/// Lines of JSON: how far the check has come, at most every few seconds, and then how it ended. As
/// it looks for the end less and less often, the time of a refusal tells little of the work.
class ShardReply final : public net::BodySource {
 public:
  explicit ShardReply(std::shared_ptr<Registration> registration)
      : registration_(std::move(registration)) {}
  ~ShardReply() override { registration_->abandon(); }

  std::optional<std::uint64_t> size_bytes() const override { return std::nullopt; }

  Task<Result<net::Piece>> next() override {
    if (ended_) co_return net::Piece{};
    if (line_.empty()) {  // the first line goes out at once: the shard is accepted
      line_ = registration_->progress_line();
      co_return net::Piece{as_bytes(line_)};
    }
    std::chrono::nanoseconds waited{0};
    std::chrono::nanoseconds pause = std::chrono::milliseconds(1);
    while (waited < kProgressTime) {
      co_await net::sleep_for(pause);
      if (const auto outcome = registration_->outcome()) {
        ended_ = true;
        line_ = *outcome ? result_line() : failure_line(outcome->error());
        co_return net::Piece{as_bytes(line_)};
      }
      waited += pause;
      pause = std::min<std::chrono::nanoseconds>(2 * pause, std::chrono::milliseconds(64));
    }
    line_ = registration_->progress_line();
    co_return net::Piece{as_bytes(line_)};
  }

 private:
  static std::string failure_line(const Error& error) {
    return error_line(told_of(error), error.kind == ErrorKind::Unavailable);
  }

  std::shared_ptr<Registration> registration_;
  std::string line_;
  bool ended_ = false;
};

using Work = Result<net::Response> (*)(Context&, const net::Request&);

Task<net::Response> on_pool(Context& context, net::Request& request, Work work) {
  PoolWork answer = [&] { return work(context, request); };
  co_return co_await paced_answer(context.pool, std::move(answer));
}

}  // namespace

Task<net::Response> find_chunk(Context& context, net::Request& request) {
  return on_pool(context, request, answer_chunk);
}

Task<net::Response> grant_xorb(Context& context, net::Request& request) {
  return on_pool(context, request, answer_grant);
}

Task<net::Response> post_xorb(Context& context, net::Request& request) {
  auto response = co_await take_xorb(context, request);
  if (!response) co_return to_response(response.error());
  co_return *std::move(response);
}

Task<net::Response> post_shard_v1(Context& context, net::Request& request) {
  const auto claims = co_await read_claims(context, request);
  if (!claims) co_return to_response(claims.error());
  PoolWork work = [&]() -> Result<net::Response> {
    TRY_DONE(context.uploads.register_files(claims->ticket, claims->files, claims->xorbs, {}));
    return net::Response::json(200, R"({"result":1})");
  };
  co_return co_await paced_answer(context.long_work, std::move(work));
}

Task<net::Response> post_shard_v2(Context& context, net::Request& request) {
  auto claims = co_await read_claims(context, request);
  net::Response response;
  response.headers.add("Content-Type", "application/x-ndjson");
  if (!claims) {
    // Of a refusal only such a line is ever shown to a person; but rights are told by statuses.
    if (claims.error().kind != ErrorKind::Invalid) co_return to_response(claims.error());
    response.content = error_line(told_of(claims.error()), false);
    co_return response;
  }
  const auto registration = std::make_shared<Registration>(*std::move(claims));
  context.long_work.post(
      [registration, &uploads = context.uploads] { registration->run(uploads); });
  response.content = std::make_unique<ShardReply>(registration);
  co_return response;
}

Task<net::Response> telemetry(Context&, net::Request& request) {
  const auto body = co_await request.body().read_all(limits::kJsonBodySizeBytesMax);
  if (!body) co_return to_response(body.error());
  co_return net::Response::json(200, "{}");
}

}  // namespace granary::api::xet
