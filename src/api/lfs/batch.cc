// From a batch's objects to actions with signed URLs.
#include "api/lfs/batch.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "api/lfs/errors.h"
#include "api/lfs/wire.h"
#include "base/limits.h"
#include "net/credentials.h"
#include "net/pace.h"
#include "net/pool.h"
#include "net/target.h"
#include "service/access.h"
#include "service/names.h"
#include "service/uploads.h"
#include "service/xet_tokens.h"

namespace granary::api::lfs {
namespace {

using service::WantedFile;

constexpr std::size_t kPartKeyDigits = 5;  // clients want digits; zeros keep them in order
constexpr std::uint32_t kUploadSeconds =
    std::chrono::duration_cast<std::chrono::duration<std::uint32_t>>(limits::kLeaseTime).count();
constexpr std::uint32_t kDownloadSeconds = 3600;

/// The repo that the route's captures name: {type} is "datasets", "spaces" or nothing.
Result<meta::RepoName> repo_of(const net::Request& request) {
  const std::string_view type = request.capture("type");
  const std::string_view id = request.capture("repo");
  const auto slash = id.find('/');
  meta::RepoName name;
  name.kind = type == "datasets" ? meta::RepoKind::Dataset
              : type == "spaces" ? meta::RepoKind::Space
                                 : meta::RepoKind::Model;
  if (slash != std::string_view::npos) {
    name.space = id.substr(0, slash);
    name.name = id.substr(slash + 1);
    if (service::check_name(name.space) && service::check_name(name.name)) return name;
  }
  return fail(ErrorKind::RepoNotFound, "Repository Not Found");
}

std::string object_url(const net::Request& request, std::string_view oid, std::string_view rest,
                       std::string_view pass) {
  return request.base_url() + "/api/lfs/objects/" + std::string(oid) + std::string(rest) +
         "?pass=" + std::string(pass);
}

std::string upload_url(const net::Request& request, const service::UploadAnswer& answer,
                       std::string_view rest, std::string_view pass) {
  return request.base_url() + "/api/lfs/uploads/" + answer.upload_id + std::string(rest) +
         "?pass=" + std::string(pass);
}

std::string padded(std::size_t number) {
  const std::string digits = std::to_string(number);
  return std::string(kPartKeyDigits - std::min(kPartKeyDigits, digits.size()), '0') + digits;
}

void set_error(BatchAnswer& answer, const Error& error) {
  answer.error_code = status_of(error.kind);
  answer.error_message = error.message;
}

void set_actions(BatchAnswer& answer, const net::Request& request,
                 const service::UploadAnswer& upload) {
  if (upload.refusal) return set_error(answer, *upload.refusal);
  if (upload.is_present) return;
  Action send{.name = "upload", .href = {}, .header = {}};
  if (upload.part_passes.empty()) {
    send.href = object_url(request, answer.oid, "", upload.send_pass);
  } else {
    send.href = upload_url(request, upload, "", upload.send_pass);
    send.header.emplace_back("chunk_size", std::to_string(upload.part_size_bytes));
    for (std::size_t i = 0; i < upload.part_passes.size(); ++i) {
      send.header.emplace_back(
          padded(i + 1),
          upload_url(request, upload, "/" + std::to_string(i + 1), upload.part_passes[i]));
    }
  }
  Action verify{.name = "verify",
                .href = object_url(request, answer.oid, "/verify", upload.verify_pass),
                .header = {}};
  answer.actions = {std::move(send), std::move(verify)};
  answer.expires_in_seconds = kUploadSeconds;
}

void set_actions(BatchAnswer& answer, const net::Request& request,
                 const service::DownloadAnswer& download) {
  if (download.refusal) return set_error(answer, *download.refusal);
  answer.actions = {{.name = "download",
                     .href = object_url(request, answer.oid, "", download.pass),
                     .header = {}}};
  answer.expires_in_seconds = kDownloadSeconds;
}

/// To send objects by the Xet protocol: where a token is had, and one for those who do not ask.
Result<Action> xet_action(Context& context, const net::Request& request,
                          const service::Caller& caller, const meta::RepoName& name,
                          const std::string& branch) {
  TRY(const auto token, context.xet_tokens.to_write(caller, name, branch));
  const std::string_view kinds = name.kind == meta::RepoKind::Dataset ? "datasets"
                                 : name.kind == meta::RepoKind::Space ? "spaces"
                                                                      : "models";
  const auto expires =
      std::chrono::floor<std::chrono::seconds>(token.expires.time_since_epoch()).count();
  Action send{.name = "upload",
              .href = request.base_url() + "/api/" + std::string(kinds) + "/" + name.full() +
                      "/xet-write-token/" + net::percent_encode(branch),
              .header = {}};
  send.header = {{"X-Xet-Cas-Url", request.base_url() + std::string(context.cas_path)},
                 {"X-Xet-Access-Token", token.text},
                 {"X-Xet-Token-Expiration", std::to_string(expires)},
                 {"X-Xet-Session-Id", std::string(request.request_id())}};
  return send;
}

/// The objects that are well formed, and an answer for each that is not.
struct Sorted {
  std::vector<BatchAnswer> answers;  // one for each object
  std::vector<WantedFile> files;     // of the well-formed ones
  std::vector<std::size_t> indexes;  // of `files` in `answers`
};

Sorted sort_objects(const BatchRequest& wanted) {
  Sorted sorted;
  for (const BatchObject& object : wanted.objects) {
    BatchAnswer& answer = sorted.answers.emplace_back();
    answer.oid = object.oid;
    answer.size_bytes = object.size_bytes.value_or(0);
    if (!object.sha256) {
      set_error(answer, {ErrorKind::Invalid, "the oid is not 64 hex digits"});
    } else if (!object.size_bytes) {
      set_error(answer, {ErrorKind::Invalid, "the size is not a whole number"});
    } else {
      answer.oid = object.sha256->to_string();
      sorted.files.push_back({*object.sha256, *object.size_bytes});
      sorted.indexes.push_back(sorted.answers.size() - 1);
    }
  }
  return sorted;
}

Result<std::string> answer_batch(Context& context, const net::Request& request,
                                 const service::Caller& caller, std::string_view body) {
  TRY(const auto name, repo_of(request));
  TRY(const auto wanted, parse_batch(body));
  Sorted sorted = sort_objects(wanted);
  const auto fill = [&](const auto& found) {
    for (std::size_t i = 0; i < found.size(); ++i) {
      set_actions(sorted.answers[sorted.indexes[i]], request, found[i]);
    }
  };
  if (wanted.operation == Operation::Download) {
    TRY(const auto links, context.uploads.links(caller, name, sorted.files));
    fill(links);
    return batch_json(Transfer::Basic, sorted.answers);
  }
  const bool in_parts = wanted.offers_multipart && !wanted.offers_xet;
  const auto parts = in_parts ? service::Parts::Allowed : service::Parts::Refused;
  TRY(const auto offers, context.uploads.offer(caller, name, sorted.files, parts));
  fill(offers);
  if (!wanted.offers_xet) return batch_json(Transfer::Basic, sorted.answers);
  TRY(const Action send, xet_action(context, request, caller, name, wanted.branch));
  for (BatchAnswer& answer : sorted.answers) {
    if (!answer.actions.empty()) answer.actions = {send};
  }
  return batch_json(Transfer::Xet, sorted.answers);
}

net::Response respond(Context& context, const net::Request& request, std::string_view body) {
  auto token = net::token_of(request);
  if (!token) return to_response(token.error(), request);
  const auto caller = context.access.identify(*token);
  if (!caller) return to_response(caller.error(), request);
  auto json = answer_batch(context, request, *caller, body);
  if (!json) {
    return to_response(json.error(), request,
                       caller->is_stranger() ? Asker::Stranger : Asker::Known);
  }
  net::Response response;
  response.headers.add("Content-Type", kMediaType);
  response.content = *std::move(json);
  return response;
}

}  // namespace

Task<net::Response> batch(Context& context, net::Request& request) {
  const auto body = co_await request.body().read_all(limits::kJsonBodySizeBytesMax);
  if (!body) co_return to_response(body.error(), request);
  // "Send it" takes as long whether others have it or nobody.
  const net::Pace pace;
  auto work = [&] { return respond(context, request, *body); };
  auto response = co_await net::offload(context.pool, std::move(work));
  co_await pace.hold();
  co_return response;
}

Task<net::Response> no_locks(Context&, net::Request& request) {
  const Error error{ErrorKind::NotFound, "this server has no file locks"};
  co_return to_response(error, request);
}

}  // namespace granary::api::lfs
