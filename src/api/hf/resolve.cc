// From a resolved file to status and headers, and only then to its bytes. What is known already is
// answered on the I/O thread.
#include "api/hf/resolve.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "api/hf/call.h"
#include "api/hf/errors.h"
#include "api/hf/fields.h"
#include "api/hf/file_headers.h"
#include "api/hf/names.h"
#include "api/hf/xet_links.h"
#include "net/byte_range.h"
#include "net/pool.h"
#include "service/downloads.h"
#include "service/fetch.h"

namespace granary::api::hf {

namespace {

using service::Resolution;
using ResolutionPointer = std::shared_ptr<const Resolution>;

enum class View : std::uint8_t { Content, GitBlob };

/// What a view shows of a file.
struct Shown {
  std::uint64_t size_bytes = 0;
  std::string etag;  // with its quotes
};

Shown shown_of(const service::PathInfo& file, View view) {
  if (view == View::GitBlob) {
    return {file.lfs ? file.pointer_size_bytes : file.size_bytes, '"' + file.oid.to_string() + '"'};
  }
  return {file.size_bytes,
          '"' + (file.lfs ? file.lfs->sha256.to_string() : file.oid.to_string()) + '"'};
}

std::string cache_control_of(const Resolution& resolution) {
  const std::string who = resolution.is_public ? "public, " : "private, ";
  return who + (resolution.is_immutable ? "max-age=31536000, immutable" : "no-cache");
}

/// The headers that GET and HEAD, whole, partial and unchanged answers share.
void add_file_headers(net::HeaderList& headers, const Context& context, const net::Request& request,
                      const Resolution& resolution, const Shown& shown, View view) {
  const service::PathInfo& file = resolution.file;
  headers.add("X-Repo-Commit", resolution.commit->to_string());
  headers.add("ETag", shown.etag);
  headers.add("Accept-Ranges", "bytes");
  if (view == View::Content && file.lfs) {
    headers.add("X-Linked-Size", shown.size_bytes);
    headers.add("X-Linked-ETag", shown.etag);
    add_xet_headers(headers, context, request, resolution);
  }
  headers.add("Content-Type",
              view == View::Content ? content_type_of(file.path) : "text/plain; charset=utf-8");
  headers.add("X-Content-Type-Options", "nosniff");
  headers.add("Content-Security-Policy", "default-src 'none'; sandbox");
  headers.add("Cache-Control", cache_control_of(resolution));
  if (view == View::GitBlob || query_flag(request, "noContentDisposition")) return;
  headers.add("Content-Disposition",
              disposition_of(file.path, query_flag(request, "download") ? Disposition::Attachment
                                                                        : Disposition::Inline));
}

/// A status with its headers; and the bytes that are still to be put in, if any.
struct Plan {
  net::Response response;
  std::optional<service::ByteRange> range;
};

Plan plan_of_error(const Resolution& resolution, const service::Caller& caller) {
  const Asker asker = caller.is_stranger() ? Asker::Stranger : Asker::Known;
  Plan plan{.response = to_response(*resolution.error, asker), .range = std::nullopt};
  if (resolution.commit) plan.response.headers.add("X-Repo-Commit", resolution.commit->to_string());
  return plan;
}

Plan plan_of_unsatisfiable(const Resolution& resolution, const Shown& shown) {
  Plan plan{
      .response = net::Response::json(416, net::error_json("Requested range not satisfiable")),
      .range = std::nullopt};
  net::HeaderList& headers = plan.response.headers;
  headers.add("Content-Range",
              net::content_range({net::RangeKind::Unsatisfiable, 0, 0}, shown.size_bytes));
  headers.add("Accept-Ranges", "bytes");
  headers.add("ETag", shown.etag);
  headers.add("X-Repo-Commit", resolution.commit->to_string());
  return plan;
}

net::ChosenRange range_of(const net::Request& request, const Shown& shown) {
  const net::ChosenRange whole{net::RangeKind::Whole, 0, shown.size_bytes};
  const auto range = request.header("Range");
  if (!range) return whole;
  const auto if_range = request.header("If-Range");
  if (if_range && !net::is_same_etag(*if_range, shown.etag)) return whole;
  return net::choose_range(*range, shown.size_bytes);
}

Plan plan_of(const Context& context, const net::Request& request, const Resolution& resolution,
             View view) {
  const Shown shown = shown_of(resolution.file, view);
  const bool is_head = request.method() == net::Method::Head;
  // HEAD takes no part in ranges: a small Content-Length would be taken for the file's size.
  const net::ChosenRange range = is_head
                                     ? net::ChosenRange{net::RangeKind::Whole, 0, shown.size_bytes}
                                     : range_of(request, shown);
  const auto none_match = request.header("If-None-Match");
  const bool is_unchanged = none_match && net::names_etag(*none_match, shown.etag);
  if (range.kind == net::RangeKind::Unsatisfiable && !is_unchanged) {
    return plan_of_unsatisfiable(resolution, shown);
  }
  Plan plan;
  add_file_headers(plan.response.headers, context, request, resolution, shown, view);
  if (is_unchanged) {
    plan.response.status = 304;
  } else if (is_head) {
    plan.response.content = net::SizeOnly{shown.size_bytes};
  } else {
    plan.range = service::ByteRange{range.offset_bytes, range.size_bytes};
    if (range.kind == net::RangeKind::Part) {
      plan.response.status = 206;
      plan.response.headers.add("Content-Range", net::content_range(range, shown.size_bytes));
    } else if (shown.size_bytes == 0 && request.header("Range")) {
      // The JS client takes the size from here, whatever the status.
      plan.response.headers.add("Content-Range", "bytes */0");
    }
  }
  return plan;
}

/// A download is a GET of a whole file, or the start of one that says so itself.
bool is_download(const net::Request& request, const Plan& plan) {
  if (plan.response.status == 200) return true;
  return plan.range->offset_bytes == 0 && request.header("X-HF-Download-Counter").has_value();
}

net::Content to_content(service::FileContent content) {
  if (auto* text = std::get_if<std::string>(&content)) return std::move(*text);
  return std::move(std::get<std::unique_ptr<net::BodySource>>(content));
}

Result<service::FileContent> open(Context& context, const Resolution& resolution, View view,
                                  service::ByteRange range) {
  if (view == View::Content) return context.fetch.open(resolution, range);
  TRY(auto blob, context.fetch.read_blob(resolution));
  if (blob.size() < range.offset_bytes + range.size_bytes) {
    return fail(ErrorKind::Corrupt, "a git blob is shorter than its facts say");
  }
  return service::FileContent{blob.substr(range.offset_bytes, range.size_bytes)};
}

Task<net::Response> finish(Context& context, net::Request& request, ResolutionPointer resolution,
                           Plan plan, View view) {
  auto work = [&] { return open(context, *resolution, view, *plan.range); };
  auto content = co_await net::offload(context.pool, std::move(work));
  if (!content) {
    auto response = to_response(content.error());
    response.headers.add("X-Repo-Commit", resolution->commit->to_string());
    co_return response;
  }
  if (view == View::Content && is_download(request, plan)) {
    context.downloads.add(resolution->repo_id);
  }
  plan.response.content = to_content(*std::move(content));
  co_return std::move(plan.response);
}

Task<net::Response> serve(Context& context, net::Request& request, View view) {
  const auto caller = co_await caller_of(context, request);
  if (!caller) co_return to_response(caller.error());
  auto repo = repo_of(request);
  if (!repo) co_return to_response(repo.error());
  const service::FileRequest wanted{.repo = *std::move(repo),
                                    .revision = std::string(request.capture("rev")),
                                    .path = std::string(request.capture("path"))};
  ResolutionPointer resolution = context.fetch.resolve_now(**caller, wanted);
  if (!resolution) {
    auto work = [&] { return context.fetch.resolve(**caller, wanted); };
    resolution = co_await net::offload(context.pool, std::move(work));
  }
  if (!resolution->found()) co_return plan_of_error(*resolution, **caller).response;
  if (resolution->by_old_name) {
    // Relative: clients then take it for the same file under another name.
    co_return net::Response::redirect(307, moved_target(request, resolution->repo));
  }
  if (view == View::Content && asks_for_xet(request) && resolution->file.xet_hash) {
    co_return xet_file_info(context, request, *resolution);
  }
  Plan plan = plan_of(context, request, *resolution, view);
  if (!plan.range) co_return std::move(plan.response);
  co_return co_await finish(context, request, std::move(resolution), std::move(plan), view);
}

}  // namespace

Task<net::Response> resolve(Context& context, net::Request& request) {
  return serve(context, request, View::Content);
}

Task<net::Response> raw(Context& context, net::Request& request) {
  return serve(context, request, View::GitBlob);
}

}  // namespace granary::api::hf
