// Reconstructions as JSON, and runs of xorbs as they are asked for.
#include "api/xet/downloads.h"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/xet/chunk_hashes_json.h"
#include "api/xet/errors.h"
#include "api/xet/file_range.h"
#include "api/xet/paced_answer.h"
#include "api/xet/reconstruction_json.h"
#include "api/xet/ticket.h"
#include "base/limits.h"
#include "net/byte_range.h"
#include "service/xet_downloads.h"

namespace granary::api::xet {
namespace {

namespace json = boost::json;

using service::XetUse;

constexpr std::size_t kFilesPerRequestMax = 1000;

FetchUrls urls_of(const net::Request& request) { return FetchUrls{request.base_url() + "/xet"}; }

net::Response past_the_end() {
  return net::Response::json(416, net::error_json("the range begins past the end of the file"));
}

Result<net::Response> reconstruct(Context& context, const net::Request& request,
                                  ReconstructionVersion version) {
  TRY(const auto ticket, ticket_of(context, request, XetUse::Read));
  TRY(const auto hash, hash_of<FileHash>(request));
  TRY(const auto span, parse_file_range(request.header("Range")));
  TRY(const auto answer, context.downloads.reconstruct(ticket, hash, span));
  if (!answer) return past_the_end();
  return net::Response::json(200, reconstruction_json(*answer, version, urls_of(request)));
}

Result<net::Response> answer_chunk_hashes(Context& context, const net::Request& request) {
  TRY(const auto ticket, ticket_of(context, request, XetUse::Read));
  TRY(const auto hash, hash_of<FileHash>(request));
  TRY(const auto dirty, parse_dirty_ranges(request.header("X-Range-Dirty")));
  TRY(const auto answer, context.downloads.chunk_hashes(ticket, hash, dirty));
  return net::Response::json(200, chunk_hashes_json(answer));
}

Result<net::Response> reconstruct_all(Context& context, const net::Request& request,
                                      std::span<const std::string> hashes) {
  TRY(const auto ticket, ticket_of(context, request, XetUse::Read));
  if (hashes.size() > kFilesPerRequestMax) {
    return fail(ErrorKind::TooLarge, "too many files in one request");
  }
  std::vector<NamedReconstruction> answers;
  for (const std::string& text : hashes) {
    const auto hash = FileHash::parse(text);
    if (!hash) return fail(ErrorKind::Invalid, "a file id is not 64 hex digits");
    TRY(auto answer, context.downloads.reconstruct(ticket, *hash, {}));
    if (answer) answers.push_back({*hash, *std::move(answer)});
  }
  return net::Response::json(200, batch_reconstruction_json(answers, urls_of(request)));
}

/// [{"prefix":…,"hash":…}…]
Result<std::vector<std::string>> parse_hashes(std::string_view body) {
  json::parse_options options;
  options.max_depth = limits::kJsonDepthMax;
  boost::system::error_code ec;
  const json::value value = json::parse(body, ec, {}, options);
  const json::array* keys = ec ? nullptr : value.if_array();
  std::vector<std::string> hashes;
  for (std::size_t i = 0; keys && i < keys->size(); ++i) {
    const json::object* key = (*keys)[i].if_object();
    const json::value* hash = key ? key->if_contains("hash") : nullptr;
    if (!hash || !hash->is_string())
      keys = nullptr;
    else
      hashes.emplace_back(hash->get_string());
  }
  if (!keys) return fail(ErrorKind::Invalid, "the body is no JSON list of {\"prefix\",\"hash\"}");
  return hashes;
}

Result<net::Response> open_xorb(Context& context, const net::Request& request) {
  TRY(auto run, context.downloads.open(request.query("pass").value_or("")));
  const auto& allowed = run.allowed();
  net::ChosenRange range{net::RangeKind::Part, allowed.first_byte,
                         allowed.last_byte - allowed.first_byte + 1};
  if (const auto header = request.header("Range")) {
    const auto chosen = net::choose_range(*header, run.size_bytes());
    // More than was asked for in the reconstruction is as good as a forged URL.
    if (chosen.kind != net::RangeKind::Part || chosen.offset_bytes < allowed.first_byte ||
        chosen.offset_bytes + chosen.size_bytes > allowed.last_byte + 1) {
      return fail(ErrorKind::Denied, "the range is not one that this link allows");
    }
    range = chosen;
  }
  net::Response response;
  response.status = 206;
  response.headers.add("Content-Type", "application/octet-stream");
  response.headers.add("Content-Range", net::content_range(range, run.size_bytes()));
  response.headers.add("Accept-Ranges", "bytes");
  response.headers.add("Cache-Control", "private, no-store");
  response.headers.add("X-Content-Type-Options", "nosniff");
  if (request.method() == net::Method::Head) {
    response.content = net::SizeOnly{range.size_bytes};
  } else {
    response.content = run.body({range.offset_bytes, range.size_bytes}, context.pool);
  }
  return response;
}

using Work = Result<net::Response> (*)(Context&, const net::Request&);

Task<net::Response> on_pool(Context& context, net::Request& request, Work work) {
  PoolWork respond = [&] { return work(context, request); };
  co_return co_await paced_answer(context.pool, std::move(respond));
}

}  // namespace

Task<net::Response> reconstruction_v1(Context& context, net::Request& request) {
  return on_pool(context, request, [](Context& parts, const net::Request& asked) {
    return reconstruct(parts, asked, ReconstructionVersion::V1);
  });
}

Task<net::Response> reconstruction_v2(Context& context, net::Request& request) {
  return on_pool(context, request, [](Context& parts, const net::Request& asked) {
    return reconstruct(parts, asked, ReconstructionVersion::V2);
  });
}

Task<net::Response> reconstructions_by_query(Context& context, net::Request& request) {
  return on_pool(context, request, [](Context& parts, const net::Request& asked) {
    std::vector<std::string> hashes;
    for (const std::string_view hash : asked.query_all("file_id")) hashes.emplace_back(hash);
    return reconstruct_all(parts, asked, hashes);
  });
}

Task<net::Response> reconstructions_by_body(Context& context, net::Request& request) {
  const auto body = co_await request.body().read_all(limits::kJsonBodySizeBytesMax);
  if (!body) co_return to_response(body.error());
  const auto hashes = parse_hashes(*body);
  if (!hashes) co_return to_response(hashes.error());
  PoolWork respond = [&] { return reconstruct_all(context, request, *hashes); };
  co_return co_await paced_answer(context.pool, std::move(respond));
}

Task<net::Response> file_chunk_hashes(Context& context, net::Request& request) {
  return on_pool(context, request, answer_chunk_hashes);
}

Task<net::Response> file_size(Context& context, net::Request& request) {
  return on_pool(context, request,
                 [](Context& parts, const net::Request& asked) -> Result<net::Response> {
                   TRY(const auto ticket, ticket_of(parts, asked, XetUse::Read));
                   TRY(const auto hash, hash_of<FileHash>(asked));
                   TRY(const auto size_bytes, parts.downloads.file_size_bytes(ticket, hash));
                   net::Response response;
                   response.content = net::SizeOnly{size_bytes};
                   return response;
                 });
}

Task<net::Response> xorb_size(Context& context, net::Request& request) {
  return on_pool(context, request,
                 [](Context& parts, const net::Request& asked) -> Result<net::Response> {
                   TRY(const auto ticket, ticket_of(parts, asked, XetUse::Read));
                   TRY(const auto hash, hash_of<XorbHash>(asked));
                   TRY(const auto size_bytes, parts.downloads.xorb_size_bytes(ticket, hash));
                   net::Response response;
                   response.content = net::SizeOnly{size_bytes};
                   return response;
                 });
}

Task<net::Response> fetch_xorb(Context& context, net::Request& request) {
  return on_pool(context, request, open_xorb);
}

}  // namespace granary::api::xet
