// Bodies into intakes and files into bodies. Nothing here holds more than two buffers of a body.
#include "api/lfs/transfer.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/lfs/errors.h"
#include "api/lfs/wire.h"
#include "base/limits.h"
#include "net/byte_range.h"
#include "net/pace.h"
#include "net/pool.h"
#include "net/pump.h"
#include "service/file_body.h"
#include "service/uploads.h"

namespace granary::api::lfs {
namespace {

using service::Intake;
using Start = Result<std::unique_ptr<Intake>> (service::Uploads::*)(std::string_view,
                                                                    std::optional<std::uint64_t>);

std::string pass_of(const net::Request& request) {
  return std::string(request.query("pass").value_or(""));
}

std::string quoted(std::string_view etag) { return "\"" + std::string(etag) + "\""; }

/// Shared by the handler and the pool's work, of which either may end first.
struct Transfer {
  std::unique_ptr<Intake> intake;
};

Task<Result<service::Received>> take_in(Context& context, net::Request& request, Start start) {
  auto transfer = std::make_shared<Transfer>();
  const std::string pass = pass_of(request);
  const auto size_bytes = request.body().size_bytes();
  auto begin = [&] { return (context.uploads.*start)(pass, size_bytes); };
  CO_TRY(transfer->intake, co_await net::offload(context.pool, std::move(begin)));

  net::Sink sink = [transfer](ByteView bytes) { return transfer->intake->write(bytes); };
  CO_TRY_DONE(co_await net::pump(request.body(), context.pool, std::move(sink)));

  // The answer's time is not to show that others have the bytes: rows and a name that exist are not
  // made again, and the second copy is dropped, which takes the longer the larger it is.
  const net::Pace pace;
  auto end = [transfer] { return transfer->intake->finish(); };
  auto received = co_await net::offload(context.pool, std::move(end));
  context.pool.post([dropped = std::move(transfer)] {});
  co_await pace.hold(net::kKeepBeat);
  co_return received;
}

Task<net::Response> put(Context& context, net::Request& request, Start start) {
  const auto received = co_await take_in(context, request, start);
  if (!received) co_return to_response(received.error(), request);
  net::Response response;
  response.headers.add("ETag", quoted(received->etag));
  co_return response;
}

net::Response respond(const Result<void>& done, const net::Request& request) {
  if (!done) return to_response(done.error(), request);
  net::Response response;
  response.headers.add("Content-Type", kMediaType);
  response.content = std::string("{}");
  return response;
}

Result<void> complete_upload(Context& context, const net::Request& request, std::string_view body) {
  TRY(const auto completion, parse_completion(body));
  std::vector<service::PartEtag> parts;
  for (const auto& part : completion.parts) parts.push_back({part.number, part.etag});
  return context.uploads.complete(pass_of(request), completion.sha256, parts);
}

Result<void> verify_object(Context& context, const net::Request& request, std::string_view body) {
  TRY(const auto wanted, parse_verify(body));
  return context.uploads.verify(pass_of(request), {wanted.sha256, wanted.size_bytes});
}

Result<net::Response> open_object(Context& context, const net::Request& request) {
  TRY(auto file, context.uploads.open(pass_of(request)));
  const std::string etag = quoted(file.sha256().to_string());
  net::ChosenRange range{.size_bytes = file.size_bytes()};
  const auto header = request.header("Range");
  const auto condition = request.header("If-Range");
  if (header && request.method() == net::Method::Get &&
      (!condition || net::is_same_etag(*condition, etag))) {
    range = net::choose_range(*header, file.size_bytes());
  }
  net::Response response;
  response.headers.add("ETag", etag);
  response.headers.add("Accept-Ranges", "bytes");
  response.headers.add("Cache-Control", "private, no-store");
  if (range.kind != net::RangeKind::Whole) {
    response.headers.add("Content-Range", net::content_range(range, file.size_bytes()));
  }
  if (range.kind == net::RangeKind::Unsatisfiable) {
    response.status = 416;
    return response;
  }
  response.status = range.kind == net::RangeKind::Part ? 206 : 200;
  response.headers.add("Content-Type", "application/octet-stream");
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.headers.add("Content-Security-Policy", "sandbox; default-src 'none'");
  if (request.method() == net::Method::Head) {
    response.content = net::SizeOnly{file.size_bytes()};
  } else {
    response.content = file.body({range.offset_bytes, range.size_bytes}, context.pool);
  }
  return response;
}

}  // namespace

Task<net::Response> put_object(Context& context, net::Request& request) {
  return put(context, request, &service::Uploads::start);
}

Task<net::Response> put_part(Context& context, net::Request& request) {
  return put(context, request, &service::Uploads::start_part);
}

Task<net::Response> complete(Context& context, net::Request& request) {
  const auto body = co_await request.body().read_all(limits::kJsonBodySizeBytesMax);
  if (!body) co_return to_response(body.error(), request);
  auto work = [&] { return respond(complete_upload(context, request, *body), request); };
  co_return co_await net::offload(context.pool, std::move(work));
}

Task<net::Response> verify(Context& context, net::Request& request) {
  const auto body = co_await request.body().read_all(limits::kJsonBodySizeBytesMax);
  if (!body) co_return to_response(body.error(), request);
  auto work = [&] { return respond(verify_object(context, request, *body), request); };
  co_return co_await net::offload(context.pool, std::move(work));
}

Task<net::Response> get_object(Context& context, net::Request& request) {
  auto work = [&] { return open_object(context, request); };
  auto response = co_await net::offload(context.pool, std::move(work));
  if (!response) co_return to_response(response.error(), request);
  co_return *std::move(response);
}

}  // namespace granary::api::lfs
