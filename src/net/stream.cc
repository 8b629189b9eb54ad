// What every stream does the same way: waiting loops, counting, and files by sendfile or by copy.
#include "net/stream.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "base/limits.h"
#include "net/pool.h"

namespace granary::net {
namespace {

constexpr std::size_t kCopyBufferSizeBytes = 128 * limits::kKiB;
// Asked for in the background while a cold window is read, so that the next ones are warm.
constexpr std::size_t kReadAheadSizeBytes = 4 * limits::kMiB;

off_t file_offset(std::uint64_t offset) { return static_cast<off_t>(offset); }

/// Whether the page that holds `offset` is in memory. File systems that cannot tell say yes.
bool is_warm(int descriptor, std::uint64_t offset) {
  char byte;
  iovec target{&byte, 1};
  return ::preadv2(descriptor, &target, 1, file_offset(offset), RWF_NOWAIT) >= 0 || errno != EAGAIN;
}

bool is_warm(const FileSlice& window) {
  return is_warm(window.descriptor, window.offset_bytes) &&
         is_warm(window.descriptor, window.offset_bytes + window.size_bytes - 1);
}

/// Brings the pages of `window` into memory. A failing disk shows when the bytes are sent.
void warm_up(const FileSlice& window) {
  const auto scratch = std::make_unique_for_overwrite<char[]>(window.size_bytes);
  std::uint64_t done = 0;
  while (done < window.size_bytes) {
    const ssize_t got = ::pread(window.descriptor, scratch.get() + done, window.size_bytes - done,
                                file_offset(window.offset_bytes + done));
    if (got <= 0) return;
    done += static_cast<std::uint64_t>(got);
  }
  ::posix_fadvise(window.descriptor, file_offset(window.offset_bytes + window.size_bytes),
                  kReadAheadSizeBytes, POSIX_FADV_WILLNEED);
}

/// Reads up to out.size() bytes, blocking; 0 is the file's end.
Result<std::size_t> read_file(int descriptor, std::uint64_t offset, std::span<std::byte> out) {
  while (true) {
    const ssize_t got = ::pread(descriptor, out.data(), out.size(), file_offset(offset));
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return fail_errno("reading a file", errno);
  }
}

/// As read_file, but gives nullopt where that would wait for the disk.
Result<std::optional<std::size_t>> read_file_if_warm(int descriptor, std::uint64_t offset,
                                                     std::span<std::byte> out) {
  iovec target{out.data(), out.size()};
  const ssize_t got = ::preadv2(descriptor, &target, 1, file_offset(offset), RWF_NOWAIT);
  if (got >= 0) return std::optional(static_cast<std::size_t>(got));
  if (errno == EAGAIN || errno == EOPNOTSUPP || errno == EINTR) return std::optional<std::size_t>();
  return fail_errno("reading a file", errno);
}

tl::unexpected<Error> file_too_short() {
  return fail(ErrorKind::Corrupt, "a file is shorter than what was to be sent of it");
}

}  // namespace

Result<std::optional<std::size_t>> Stream::try_read(std::span<std::byte> out) {
  auto got = do_read(out);
  if (got && *got) traffic_.read_bytes += **got;
  drained_ = got && short_read_drains() && got->value_or(0) < out.size();
  return got;
}

Result<std::optional<std::size_t>> Stream::try_write(ByteView bytes, bool more) {
  auto put = do_write(bytes, more);
  if (put && *put) traffic_.written_bytes += **put;
  return put;
}

Result<std::optional<std::size_t>> Stream::do_send_file(FileSlice) {
  return fail(ErrorKind::Internal, "this stream sends no files");
}

Task<Result<void>> Stream::wait(Direction direction) {
  traffic_.waiting = true;
  auto waited = co_await do_wait(direction);
  traffic_.waiting = false;
  co_return waited;
}

Task<Result<std::size_t>> Stream::read_some(std::span<std::byte> out) {
  while (true) {
    CO_TRY(const auto got, try_read(out));
    if (got) co_return *got;
    CO_TRY_DONE(co_await wait(Direction::Read));
  }
}

Task<Result<void>> Stream::write(ByteView bytes) {
  std::size_t turn = 0;
  while (!bytes.empty()) {
    CO_TRY(const auto put,
           try_write(bytes.first(std::min(bytes.size(), limits::kSendWindowSizeBytes)), false));
    if (!put) {
      CO_TRY_DONE(co_await wait(Direction::Write));
      continue;
    }
    bytes = bytes.subspan(*put);
    turn += *put;
    if (turn >= limits::kSendTurnSizeBytes && !bytes.empty()) {
      turn = 0;
      co_await yield();
    }
  }
  co_return Result<void>();
}

Task<Result<void>> Stream::write_file(FileSlice slice, Pool& pool) {
  if (sends_files()) return send_file(slice, pool);
  return copy_file(slice, pool);
}

Task<Result<void>> Stream::send_file(FileSlice slice, Pool& pool) {
  std::size_t turn = 0;
  std::uint64_t warm_until = slice.offset_bytes;
  while (slice.size_bytes > 0) {
    FileSlice window = slice;
    window.size_bytes = std::min<std::uint64_t>(slice.size_bytes, limits::kSendWindowSizeBytes);
    if (slice.offset_bytes >= warm_until) {
      if (!is_warm(window)) {
        auto job = [window] { warm_up(window); };
        co_await offload(pool, job);
      }
      warm_until = window.offset_bytes + window.size_bytes;
    }
    window.size_bytes = std::min(window.size_bytes, warm_until - window.offset_bytes);
    CO_TRY(const auto sent, do_send_file(window));
    if (!sent) {
      CO_TRY_DONE(co_await wait(Direction::Write));
      continue;
    }
    if (*sent == 0) co_return file_too_short();
    traffic_.written_bytes += *sent;
    slice.offset_bytes += *sent;
    slice.size_bytes -= *sent;
    turn += *sent;
    if (turn >= limits::kSendTurnSizeBytes && slice.size_bytes > 0) {
      turn = 0;
      co_await yield();
    }
  }
  co_return Result<void>();
}

Task<Result<void>> Stream::copy_file(FileSlice slice, Pool& pool) {
  const auto buffer = std::make_unique_for_overwrite<std::byte[]>(kCopyBufferSizeBytes);
  std::size_t turn = 0;
  while (slice.size_bytes > 0) {
    const std::span<std::byte> room(
        buffer.get(), std::min<std::uint64_t>(slice.size_bytes, kCopyBufferSizeBytes));
    CO_TRY(auto got, read_file_if_warm(slice.descriptor, slice.offset_bytes, room));
    if (!got) {
      auto job = [slice, room] { return read_file(slice.descriptor, slice.offset_bytes, room); };
      CO_TRY(got, co_await offload(pool, job));
    }
    if (*got == 0) co_return file_too_short();
    CO_TRY_DONE(co_await write(room.first(*got)));
    slice.offset_bytes += *got;
    slice.size_bytes -= *got;
    turn += *got;
    if (turn >= limits::kSendTurnSizeBytes && slice.size_bytes > 0) {
      turn = 0;
      co_await yield();
    }
  }
  co_return Result<void>();
}

}  // namespace granary::net
