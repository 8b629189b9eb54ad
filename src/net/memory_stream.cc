// Streams in memory: two byte queues with a capacity, and a timer per end that is cancelled to wake
// it.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string>

#include "net/stream.h"

namespace granary::net {
namespace {

namespace asio = boost::asio;

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

/// One direction.
struct Pipe {
  std::string bytes;
  bool finished = false;  // by the writer
  bool broken = false;  // by either end; nothing more gets through
};

/// What both ends share.
struct Wire {
  Wire(Executor executor, std::size_t capacity)
      : capacity_bytes(capacity), wake{Timer(executor), Timer(executor)} {}

  std::size_t capacity_bytes;
  Pipe pipes[2];  // pipes[i] is written by end i
  Timer wake[2];  // never expires
};

class MemoryStream final : public Stream {
 public:
  MemoryStream(std::shared_ptr<Wire> wire, std::size_t end) : wire_(std::move(wire)), end_(end) {}
  MemoryStream(const MemoryStream&) = delete;
  MemoryStream& operator=(const MemoryStream&) = delete;

  ~MemoryStream() override {
    outgoing().finished = true;
    incoming().broken = true;
    wake_all();
  }

  void finish_writing() override {
    outgoing().finished = true;
    wake_all();
  }

  void cancel() override {
    cancelled_ = true;
    wake_all();
  }

  void abort() override {
    outgoing().broken = true;
    outgoing().bytes.clear();
    incoming().broken = true;
    cancel();
  }

  std::uint64_t unacknowledged_bytes() const override { return wire_->pipes[end_].bytes.size(); }

 protected:
  Result<std::optional<std::size_t>> do_read(std::span<std::byte> out) override {
    Pipe& pipe = incoming();
    if (cancelled_) return fail(ErrorKind::Unavailable, "the stream was cancelled");
    if (pipe.broken) return fail(ErrorKind::Unavailable, "the connection was cut");
    if (pipe.bytes.empty()) {
      if (pipe.finished) return std::optional<std::size_t>(0);
      return std::optional<std::size_t>();
    }
    const std::size_t count = std::min(out.size(), pipe.bytes.size());
    std::memcpy(out.data(), pipe.bytes.data(), count);
    pipe.bytes.erase(0, count);
    wake_all();
    return std::optional(count);
  }

  Result<std::optional<std::size_t>> do_write(ByteView bytes, bool) override {
    Pipe& pipe = outgoing();
    if (cancelled_) return fail(ErrorKind::Unavailable, "the stream was cancelled");
    if (pipe.broken || pipe.finished) return fail(ErrorKind::Unavailable, "the peer has left");
    const std::size_t room = wire_->capacity_bytes - pipe.bytes.size();
    if (room == 0) return std::optional<std::size_t>();
    const std::size_t count = std::min(bytes.size(), room);
    pipe.bytes.append(as_text(bytes.first(count)));
    wake_all();
    return std::optional(count);
  }

  Task<Result<void>> do_wait(Direction direction) override {
    while (!cancelled_ && !is_ready(direction)) {
      Timer& timer = wire_->wake[end_];
      timer.expires_at(Timer::time_point::max());
      co_await timer.async_wait(asio::as_tuple(asio::use_awaitable_t<Executor>()));
    }
    if (cancelled_) co_return fail(ErrorKind::Unavailable, "the stream was cancelled");
    co_return Result<void>();
  }

 private:
  Pipe& outgoing() { return wire_->pipes[end_]; }
  Pipe& incoming() { return wire_->pipes[1 - end_]; }

  bool is_ready(Direction direction) {
    if (direction == Direction::Read) {
      return !incoming().bytes.empty() || incoming().finished || incoming().broken;
    }
    return outgoing().broken || outgoing().bytes.size() < wire_->capacity_bytes;
  }

  void wake_all() {
    for (Timer& timer : wire_->wake) timer.cancel();
  }

  std::shared_ptr<Wire> wire_;  // shared with the other end; whichever is destroyed last frees it
  std::size_t end_;
  bool cancelled_ = false;
};

}  // namespace

std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> memory_streams(
    Executor executor, std::size_t capacity_bytes) {
  GRANARY_ASSERT(capacity_bytes > 0);
  auto wire = std::make_shared<Wire>(executor, capacity_bytes);
  return {std::make_unique<MemoryStream>(wire, 0), std::make_unique<MemoryStream>(wire, 1)};
}

}  // namespace granary::net
