// Length-delimited and chunked bodies, straight from the socket into the reader's buffer.
#include "net/connection_body.h"

#include <array>

#include "base/limits.h"
#include "net/head_parser.h"

namespace granary::net {
namespace {

constexpr std::size_t kFramingReadSizeBytes = 4 * limits::kKiB;

bool has_foreign_coding(const RequestHead& head) {
  const std::string_view coding = head.header("Content-Encoding").value_or("");
  return !coding.empty() && !equals_ignoring_case(coding, "identity");
}

}  // namespace

ConnectionBody::ConnectionBody(const RequestHead& head, Stream& stream, InputBuffer& input,
                               Counters& counters)
    : stream_(stream),
      input_(input),
      counters_(counters),
      left_bytes_(head.content_length.value_or(0)),
      chunked_(head.chunked),
      must_continue_(head.expects_continue),
      coded_(has_foreign_coding(head)) {
  if (!chunked_) size_bytes_ = left_bytes_;
}

Task<Result<std::size_t>> ConnectionBody::read(std::span<std::byte> out) {
  GRANARY_ASSERT(!out.empty());
  if (at_end()) co_return 0;
  if (failed_) co_return fail(ErrorKind::Unavailable, "the request's body could not be read");
  if (coded_) {
    co_return fail(ErrorKind::Invalid, "a body with Content-Encoding is not accepted");
  }
  CO_TRY_DONE(co_await begin());
  auto got = chunked_ ? read_chunked(out) : read_plain(out);
  auto result = co_await std::move(got);
  failed_ = !result;
  if (result) {
    received_bytes_ += *result;
    counters_.body_received_bytes.fetch_add(*result, std::memory_order_relaxed);
  }
  co_return result;
}

Task<Result<void>> ConnectionBody::begin() {
  if (!must_continue_) co_return Result<void>();
  must_continue_ = false;
  if (!input_.empty()) co_return Result<void>();  // the client did not wait
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  co_return co_await stream_.write(as_bytes(kContinue));
}

/// At least one byte of the body, from what has come already or from the stream.
Task<Result<std::size_t>> ConnectionBody::receive(std::span<std::byte> out) {
  if (const std::size_t taken = input_.take(out); taken > 0) co_return taken;
  input_.release();
  CO_TRY(const std::size_t got, co_await stream_.read_some(out));
  if (got == 0) co_return fail(ErrorKind::Unavailable, "the client left before the body's end");
  co_return got;
}

Task<Result<std::size_t>> ConnectionBody::read_plain(std::span<std::byte> out) {
  const std::size_t room = std::min<std::uint64_t>(out.size(), left_bytes_);
  CO_TRY(const std::size_t got, co_await receive(out.first(room)));
  left_bytes_ -= got;
  co_return got;
}

Task<Result<std::size_t>> ConnectionBody::read_chunked(std::span<std::byte> out) {
  while (!decoder_.done()) {
    if (!input_.empty()) {
      CO_TRY(const auto step, decoder_.decode(as_bytes(input_.view()), out));
      input_.consume(step.consumed_bytes);
      if (step.produced_bytes > 0) co_return step.produced_bytes;
      continue;
    }
    if (decoder_.data_left_bytes() > 0) {
      const std::size_t room = std::min<std::uint64_t>(out.size(), decoder_.data_left_bytes());
      CO_TRY(const std::size_t got, co_await receive(out.first(room)));
      decoder_.skip_data(got);
      co_return got;
    }
    std::array<std::byte, kFramingReadSizeBytes> framing;
    CO_TRY(const std::size_t got, co_await receive(framing));
    input_.append(as_text(ByteView(framing).first(got)));
  }
  co_return 0;
}

bool ConnectionBody::can_be_skipped() const {
  if (at_end()) return true;
  return !failed_ && !must_continue_ && !coded_ && left_bytes_ <= limits::kUnreadBodySizeBytesMax;
}

Task<bool> ConnectionBody::skip() {
  std::array<std::byte, kFramingReadSizeBytes> scratch;
  std::size_t skipped = 0;
  while (!at_end()) {
    const auto got = co_await read(scratch);
    if (!got) co_return false;
    skipped += *got;
    if (skipped > limits::kUnreadBodySizeBytesMax) co_return false;
  }
  co_return true;
}

}  // namespace granary::net
