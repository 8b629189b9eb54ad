// Commit: the body is parsed as it arrives, each operation going straight into the draft.
#include "api/hf/commit.h"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "api/hf/commit_parser.h"
#include "api/hf/errors.h"
#include "api/hf/fields.h"
#include "api/hf/names.h"
#include "api/hf/reply.h"
#include "net/pace.h"
#include "net/pool.h"
#include "net/pump.h"
#include "service/commit_draft.h"
#include "service/publish.h"

namespace granary::api::hf {
namespace {

namespace json = boost::json;

constexpr int kBadPathStatus = 422;  // by which clients tell a bad name from a bad request

// One commit on its way from lines to a draft. Used by one pool thread at a time; shared by the
// handler and the pump's sink, which may outlive it when the client leaves.
class Incoming {
 public:
  explicit Incoming(std::unique_ptr<service::CommitDraft> draft)
      : draft_(std::move(draft)), parser_([this](CommitLine line) {
          return std::visit([this](auto& one) { return take(one); }, line);
        }) {}

  Result<void> feed(ByteView bytes) { return parser_.feed(bytes); }
  bool has_bad_path() const { return has_bad_path_; }

  Result<service::Published> finish() {
    TRY_DONE(parser_.finish());
    if (!has_header_) return fail(ErrorKind::Invalid, "the commit has no \"header\" line");
    return draft_->finish(message_);
  }

 private:
  Result<void> take(CommitHeaderLine& line) {
    if (line.summary.empty()) return fail(ErrorKind::Invalid, "the commit has no summary");
    message_ = {.summary = std::move(line.summary),
                .description = std::move(line.description),
                .parent = std::move(line.parent_commit)};
    has_header_ = true;
    return {};
  }

  // Remembers that it was a path that was refused, which has a status of its own.
  Result<void> check(const std::string& path) {
    auto allowed = service::check_path(path);
    has_bad_path_ = !allowed;
    return allowed;
  }

  // A rename is a copy of what the old path holds, and its deletion.
  Result<void> rename(std::string from, std::string to) {
    TRY_DONE(check(to));
    TRY_DONE(draft_->add(service::CopyFile{.path = std::move(to), .source_path = from}));
    return draft_->add(service::DeletePath{.path = std::move(from)});
  }

  Result<void> take(FileLine& line) {
    if (!line.old_path.empty() && line.old_path != line.path) {
      if (!line.content) return rename(std::move(line.old_path), std::move(line.path));
      TRY_DONE(draft_->add(service::DeletePath{.path = std::move(line.old_path)}));
    }
    if (!line.content) return fail(ErrorKind::Invalid, line.path + ": \"content\" is missing");
    TRY_DONE(check(line.path));
    return draft_->add(
        service::AddFile{.path = std::move(line.path), .content = std::move(*line.content)});
  }

  Result<void> take(LfsFileLine& line) {
    if (!line.old_path.empty() && line.old_path != line.path) {
      if (!line.oid) return rename(std::move(line.old_path), std::move(line.path));
      TRY_DONE(draft_->add(service::DeletePath{.path = std::move(line.old_path)}));
    }
    if (!line.oid) return fail(ErrorKind::Invalid, line.path + ": \"oid\" is missing");
    TRY_DONE(check(line.path));
    return draft_->add(service::AddLfsFile{
        .path = std::move(line.path), .sha256 = *line.oid, .size_bytes = line.size_bytes});
  }

  Result<void> take(DeletedFileLine& line) {
    return draft_->add(service::DeletePath{.path = std::move(line.path)});
  }

  Result<void> take(DeletedFolderLine& line) {
    return draft_->add(service::DeletePath{.path = std::move(line.path)});
  }

  Result<void> take(CopyFileLine& line) {
    TRY_DONE(check(line.path));
    return draft_->add(service::CopyFile{.path = std::move(line.path),
                                         .source_path = std::move(line.source_path),
                                         .source_revision = std::move(line.source_revision)});
  }

  const std::unique_ptr<service::CommitDraft> draft_;
  service::CommitMessage message_;
  bool has_header_ = false;
  bool has_bad_path_ = false;
  CommitParser parser_;
};

net::Response published_reply(const net::Request& request, const service::Published& published) {
  const std::string oid = published.commit.to_string();
  return json_reply(
      json::object{{"success", true},
                   {"commitOid", oid},
                   {"commitUrl", url_of(request, published.repo.name) + "/commit/" + oid},
                   {"hookOutput", ""}});
}

Task<Result<net::Response>> run(Context& context, net::Request& request) {
  CO_TRY(const auto caller, co_await caller_of(context, request));
  CO_TRY(const auto name, repo_of(request));
  if (query_flag(request, "create_pr")) {
    co_return fail(ErrorKind::Invalid,
                   "this server does not offer pull requests yet: commit to a "
                   "branch instead");
  }
  const std::string branch(request.capture("rev"));
  auto start = [&] { return context.publisher.start(*caller, name, branch); };
  CO_TRY(auto draft, co_await net::offload(context.pool, start));

  const auto incoming = std::make_shared<Incoming>(std::move(draft));
  const net::Sink sink = [incoming](ByteView bytes) { return incoming->feed(bytes); };
  const auto pumped = co_await net::pump(request.body(), context.pool, sink);
  if (!pumped && incoming->has_bad_path()) {
    auto refused = to_response(pumped.error());
    refused.status = kBadPathStatus;
    co_return refused;
  }
  CO_TRY_DONE(pumped);
  const net::Pace pace;
  auto finish = [incoming] { return incoming->finish(); };
  const auto published = co_await net::offload(context.pool, finish);
  if (published) co_return published_reply(request, *published);
  // A file that this repo may not have is refused as late wherever it is.
  co_await pace.hold();
  co_return tl::unexpected(published.error());
}

}  // namespace

Task<net::Response> commit(Context& context, net::Request& request) {
  auto response = co_await run(context, request);
  if (response) co_return std::move(*response);
  const bool is_stranger = !request.header("Authorization");
  co_return to_response(response.error(), is_stranger ? Asker::Stranger : Asker::Known);
}

}  // namespace granary::api::hf
