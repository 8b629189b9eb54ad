// Two buffers that change places between the socket and the pool.
#include "net/pump.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <utility>

#include "base/limits.h"
#include "net/body.h"
#include "net/pool.h"
#include "net/task_group.h"

namespace granary::net {
namespace {

constexpr std::size_t kAlignment = 4096;  // what O_DIRECT asks of memory

struct Free {
  void operator()(std::byte* memory) const {
    ::operator delete(memory, std::align_val_t{kAlignment});
  }
};
using Buffer = std::unique_ptr<std::byte, Free>;

/// Shared by the pumping task and the sink's call, of which either may end first.
struct Pumped {
  Sink sink;
  std::size_t buffer_size_bytes = 0;
  std::array<Buffer, 2> buffers;
  ByteView piece;  // what the sink is working on
  Result<void> outcome;

  std::span<std::byte> buffer(std::size_t index) {
    Buffer& memory = buffers[index];
    if (!memory) {
      void* fresh = ::operator new(buffer_size_bytes, std::align_val_t{kAlignment});
      memory.reset(static_cast<std::byte*>(fresh));
    }
    return {memory.get(), buffer_size_bytes};
  }
};

std::size_t buffer_size_for(const Body& body) {
  const std::uint64_t wanted = body.size_bytes().value_or(limits::kBodyBufferSizeBytes);
  const std::uint64_t size =
      std::clamp<std::uint64_t>(wanted, kAlignment, limits::kBodyBufferSizeBytes);
  return static_cast<std::size_t>((size + kAlignment - 1) / kAlignment * kAlignment);
}

/// Gives how much was filled; less than all only at the end of the body.
Task<Result<std::size_t>> fill(Body& body, std::span<std::byte> buffer) {
  std::size_t filled = 0;
  while (filled < buffer.size()) {
    const auto rest = buffer.subspan(filled);
    CO_TRY(const std::size_t size, co_await body.read(rest));
    if (size == 0) break;
    filled += size;
  }
  co_return filled;
}

Task<> take_piece(Pool& pool, std::shared_ptr<Pumped> pumped) {
  auto work = [pumped] { return pumped->sink(pumped->piece); };
  pumped->outcome = co_await offload(pool, std::move(work));
}

}  // namespace

Task<Result<std::uint64_t>> pump(Body& body, Pool& pool, Sink sink) {
  const auto pumped = std::make_shared<Pumped>();
  pumped->sink = std::move(sink);
  pumped->buffer_size_bytes = buffer_size_for(body);
  const Executor executor = co_await current_executor();
  TaskGroup working(executor);
  std::uint64_t size_bytes = 0;
  for (std::size_t turn = 0;; turn ^= 1) {
    const auto buffer = pumped->buffer(turn);
    const auto filled = co_await fill(body, buffer);
    co_await working.join();
    CO_TRY_DONE(std::move(pumped->outcome));
    CO_TRY(const std::size_t size, filled);
    if (size == 0) break;
    size_bytes += size;
    pumped->piece = buffer.first(size);
    working.spawn(take_piece(pool, pumped));
    if (size < buffer.size()) {
      co_await working.join();
      CO_TRY_DONE(std::move(pumped->outcome));
      break;
    }
  }
  co_return size_bytes;
}

}  // namespace granary::net
