// One connection's loop. While it is idle it holds no buffer: bytes are read into the thread's
// scratch, and only what cannot be used at once is copied.
#include "net/connection.h"

#include <exception>
#include <utility>

#include "base/log.h"
#include "net/connection_body.h"
#include "net/head_parser.h"
#include "net/http_date.h"
#include "net/input_buffer.h"
#include "net/response_writer.h"

namespace granary::net {
namespace {

/// Counts a request as active while it lives.
class ActiveMark {
 public:
  explicit ActiveMark(Counters::Count& count) : count_(count) {
    count_.fetch_add(1, std::memory_order_relaxed);
  }
  ActiveMark(const ActiveMark&) = delete;
  ActiveMark& operator=(const ActiveMark&) = delete;
  ~ActiveMark() { count_.fetch_sub(1, std::memory_order_relaxed); }

 private:
  Counters::Count& count_;
};

constexpr std::size_t kScratchSizeBytes = 32 * limits::kKiB;

PhaseTimes times_of(const ServerOptions& options) {
  return {.idle = options.idle_time,
          .head = options.header_time,
          .body_progress = options.body_progress_time,
          .linger = limits::kLingerTime};
}

std::string what_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "unknown exception";
  }
}

}  // namespace

class Connection {
 public:
  Connection(ConnectionGroup& group, std::unique_ptr<Stream> stream, Peer peer)
      : group_(group),
        stream_(std::move(stream)),
        peer_(std::move(peer)),
        from_trusted_proxy_(group.service_.proxies.contains(peer_.address)),
        deadline_(group.deadlines_, *stream_) {
    add(counters().connections_open, 1);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  Task<> run();
  void abort() { stream_->abort(); }

 private:
  /// What is to be said and logged of the request at hand, beside the Request itself.
  struct Exchange {
    Method method = Method::Other;
    bool is_http_1_0 = false;
    bool close = false;  // after the response
    bool failed = false;
    SteadyTime began;
    std::string method_name;
    std::string path;
    std::string request_id;
    std::string peer_address;
  };

  Task<Result<std::optional<RequestHead>>> read_head();
  Result<std::optional<RequestHead>> take_head(std::string_view fresh);
  Task<bool> serve_request(RequestHead head);
  Task<Response> answer(Request& request, Exchange& exchange);
  Task<bool> reply(Response& response, ConnectionBody& body, Exchange& exchange);
  Task<> refuse(Error error);
  Task<> linger();

  RequestOrigin origin_of(const RequestHead& head) const;
  void record(const Exchange& exchange, int status, bool complete);
  void count_traffic();

  Counters& counters() { return group_.service_.counters; }
  static void add(Counters::Count& counter, std::uint64_t number) {
    counter.fetch_add(number, std::memory_order_relaxed);
  }

  ConnectionGroup& group_;
  std::unique_ptr<Stream> stream_;
  Peer peer_;
  bool from_trusted_proxy_;
  Deadline deadline_;
  Traffic counted_;  // what the counters and the log have been told
  InputBuffer input_;
  HeadScan scan_;
};

Connection::~Connection() {
  count_traffic();
  if (deadline_.expired()) add(counters().connections_timed_out, 1);
  counters().connections_open.fetch_sub(1, std::memory_order_relaxed);
}

Task<> Connection::run() {
  bool goes_on = true;
  while (goes_on) {
    auto head = co_await read_head();
    if (!head && head.error().kind != ErrorKind::Unavailable) {
      co_await refuse(std::move(head).error());
    }
    if (!head || !*head) break;
    goes_on = co_await serve_request(std::move(**head));
  }
  stream_->finish_writing();
}

/// The next request's head; nullopt if the client finished instead. Errors: Unavailable if the
/// connection ended or timed out; Invalid and TooLarge for what is no request.
Task<Result<std::optional<RequestHead>>> Connection::read_head() {
  deadline_.enter(Phase::Idle);
  scan_ = HeadScan();
  if (input_.empty()) {
    input_.release();
  } else {
    CO_TRY(auto head, take_head({}));  // pipelined
    if (head) co_return head;
  }
  while (true) {
    // A read that is bound to find nothing would cost a system call for every request.
    if (input_.empty() && stream_->drained()) CO_TRY_DONE(co_await stream_->wait(Direction::Read));
    CO_TRY(const std::size_t got, co_await stream_->read_some(group_.input_));
    if (got == 0) {
      const bool begun = input_.view().size() > scan_.head_start;
      if (!begun) co_return std::optional<RequestHead>();
      co_return fail(ErrorKind::Invalid, "the request ended before its header did");
    }
    CO_TRY(auto head, take_head(as_text(ByteView(group_.input_).first(got))));
    if (head) co_return head;
    if (deadline_.phase() == Phase::Idle) deadline_.enter(Phase::Head);
  }
}

/// Looks for a head in what was kept and `fresh`, which is copied only as far as it is left over.
Result<std::optional<RequestHead>> Connection::take_head(std::string_view fresh) {
  const bool kept = !input_.empty();
  if (kept) input_.append(fresh);
  const std::string_view bytes = kept ? input_.view() : fresh;
  TRY(const auto end, find_head_end(bytes, scan_));
  std::optional<RequestHead> head;
  if (end) {
    TRY(head, parse_head(bytes.substr(scan_.head_start, *end - scan_.head_start)));
  }
  if (kept) {
    input_.consume(end.value_or(0));
  } else {
    input_.append(fresh.substr(end.value_or(0)));
  }
  return head;
}

/// Gives whether the connection may carry another request.
Task<bool> Connection::serve_request(RequestHead head) {
  deadline_.enter(Phase::Exchange);
  const ActiveMark active(counters().requests_active);
  auto target = parse_target(head.target());
  if (!target) {
    co_await refuse(std::move(target).error());
    co_return false;
  }
  RequestOrigin origin = origin_of(head);
  Exchange exchange;
  exchange.method = head.method;
  exchange.is_http_1_0 = head.is_http_1_0;
  exchange.close = !head.keep_alive;
  exchange.began = group_.service_.env.clock.steady_now();
  exchange.method_name = head.method_name();
  exchange.path = target->path;
  exchange.request_id = origin.request_id;
  exchange.peer_address = origin.peer_address;

  ConnectionBody body(head, *stream_, input_, counters());
  Request request(std::move(head), std::move(*target), std::move(origin), body);
  Response response = co_await answer(request, exchange);
  co_return co_await reply(response, body, exchange);
}

/// The handler's response, or 500 if it throws: the one place that catches.
Task<Response> Connection::answer(Request& request, Exchange& exchange) {
  std::exception_ptr thrown;
  try {
    Response response = co_await group_.service_.handler(request);
    co_return response;
  } catch (...) {
    thrown = std::current_exception();
  }
  exchange.failed = true;
  log::error(
      "handler threw",
      {{"what", what_of(thrown)}, {"path", exchange.path}, {"request_id", exchange.request_id}});
  co_return Response::json(500, error_json("Internal Server Error"));
}

Task<bool> Connection::reply(Response& response, ConnectionBody& body, Exchange& exchange) {
  const bool client_closes = exchange.close;
  if (group_.stopping_ || exchange.failed || !body.can_be_skipped()) exchange.close = true;
  const ReplyFacts facts{.is_head = exchange.method == Method::Head,
                         .is_http_1_0 = exchange.is_http_1_0,
                         .close = exchange.close,
                         .request_id = exchange.request_id,
                         .date = group_.date_};
  const auto ending =
      co_await write_response(*stream_, group_.service_.pool, group_.output_, response, facts);
  record(exchange, response.status, ending.has_value());
  if (!ending) {
    if (ending.error().kind != ErrorKind::Unavailable) {
      log::error("response cut", {{"error", ending.error().message},
                                  {"path", exchange.path},
                                  {"request_id", exchange.request_id}});
    }
    stream_->abort();
    co_return false;
  }
  if (!exchange.close && *ending != Framing::UntilClose) {
    const bool skipped = co_await body.skip();
    if (skipped) co_return !group_.stopping_;
  }
  // A client that meant to go on may be sending; closing now would reset the reply away.
  if (!client_closes || !body.can_be_skipped()) co_await linger();
  co_return false;
}

/// Answers what is no request, and lets the client read that before the connection closes.
Task<> Connection::refuse(Error error) {
  add(counters().parse_errors, 1);
  deadline_.enter(Phase::Exchange);
  Exchange exchange;
  exchange.began = group_.service_.env.clock.steady_now();
  exchange.request_id = group_.request_ids_.next();
  exchange.peer_address = peer_.address;
  const int status = error.kind == ErrorKind::TooLarge ? 431 : 400;
  Response response = Response::json(status, error_json(error.message));
  const ReplyFacts facts{.close = true, .request_id = exchange.request_id, .date = group_.date_};
  const auto written =
      co_await write_response(*stream_, group_.service_.pool, group_.output_, response, facts);
  record(exchange, status, written.has_value());
  if (written) co_await linger();
}

/// Reads and drops what the client still sends until it has read the reply and closes.
Task<> Connection::linger() {
  deadline_.enter(Phase::Linger);
  stream_->finish_writing();
  while (true) {
    const auto got = co_await stream_->read_some(group_.input_);
    if (!got || *got == 0) co_return;
  }
}

RequestOrigin Connection::origin_of(const RequestHead& head) const {
  const std::string_view host = head.header("Host").value_or("");
  RequestOrigin origin{
      .peer_address = peer_.address,
      .scheme = peer_.secure ? "https" : "http",
      .host = std::string(host.empty() ? group_.service_.options.default_host : host),
      .request_id = {}};
  if (from_trusted_proxy_) group_.service_.proxies.apply(head, origin);
  if (const std::string& url = group_.service_.options.public_url; !url.empty()) {
    const auto scheme_end = url.find("://");
    origin.scheme = url.substr(0, scheme_end);
    origin.host = url.substr(scheme_end + 3);
  }
  for (const std::string_view name : {"X-Request-Id", "X-Amzn-Trace-Id"}) {
    const auto given = head.header(name);
    if (origin.request_id.empty() && given && is_request_id(*given)) origin.request_id = *given;
  }
  if (origin.request_id.empty()) origin.request_id = group_.request_ids_.next();
  return origin;
}

void Connection::record(const Exchange& exchange, int status, bool complete) {
  const std::size_t status_class = complete ? static_cast<std::size_t>(status) / 100 : 0;
  add(counters().requests_by_class[std::min<std::size_t>(status_class, 5)], 1);
  const Traffic before = counted_;
  count_traffic();
  const AccessLog& access_log = group_.service_.options.access_log;
  if (!access_log) return;
  access_log({.method = exchange.method_name,
              .path = exchange.path,
              .peer_address = exchange.peer_address,
              .request_id = exchange.request_id,
              .status = status,
              .received_bytes = counted_.read_bytes - before.read_bytes,
              .sent_bytes = counted_.written_bytes - before.written_bytes,
              .duration = group_.service_.env.clock.steady_now() - exchange.began,
              .complete = complete});
}

void Connection::count_traffic() {
  const Traffic& now = stream_->traffic();
  add(counters().received_bytes, now.read_bytes - counted_.read_bytes);
  add(counters().sent_bytes, now.written_bytes - counted_.written_bytes);
  counted_ = now;
}

ConnectionGroup::ConnectionGroup(Service& service)
    : service_(service),
      deadlines_(service.env.clock, times_of(service.options)),
      request_ids_(service.env.random),
      date_(format_http_date(service.env.clock.wall_now())),
      input_(kScratchSizeBytes) {}

Task<> ConnectionGroup::serve(std::unique_ptr<Stream> stream, Peer peer) {
  Connection connection(*this, std::move(stream), std::move(peer));
  std::exception_ptr thrown;
  try {
    co_await connection.run();
  } catch (...) {
    thrown = std::current_exception();
  }
  if (!thrown) co_return;
  log::error("connection threw", {{"what", what_of(thrown)}});
  connection.abort();  // the response may be half out
}

void ConnectionGroup::tick() {
  deadlines_.sweep();
  if (stopping_) deadlines_.cancel_idle();
  date_ = format_http_date(service_.env.clock.wall_now());
}

void ConnectionGroup::stop() {
  stopping_ = true;
  deadlines_.cancel_idle();
}

}  // namespace granary::net
