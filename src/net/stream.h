// Stream: the network port. A connected pair of byte pipes: plain socket, TLS, or memory for tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "net/task.h"

namespace granary::net {

class Pool;

/// A range of an open file. Whoever hands it out keeps the descriptor open until it has been sent.
struct FileSlice {
  int descriptor;
  std::uint64_t offset_bytes;
  std::uint64_t size_bytes;
};

enum class Direction : std::uint8_t { Read, Write };

/// How far a stream came, and whether it waits for its peer just now.
struct Traffic {
  std::uint64_t read_bytes = 0;
  std::uint64_t written_bytes = 0;
  bool waiting = false;
};

/// Used by one task at a time, on the executor it was made for. Closed by destruction.
class Stream {
 public:
  virtual ~Stream() = default;

  // What callers use.

  /// Reads what is there, waiting for at least one byte; 0 means that the peer has finished.
  /// `out` is not empty. Errors: Unavailable if the connection broke or was aborted.
  Task<Result<std::size_t>> read_some(std::span<std::byte> out);
  /// Writes all of `bytes`, which the caller keeps until then. Errors: Unavailable.
  Task<Result<void>> write(ByteView bytes);
  /// Writes a file's range: sendfile where the adapter can, with cold pages read by `pool` first so
  /// that the disk never blocks this thread. Errors: Unavailable; Corrupt if the file is shorter.
  Task<Result<void>> write_file(FileSlice slice, Pool& pool);
  /// Waits until `direction` is worth another try. Errors: Unavailable.
  Task<Result<void>> wait(Direction direction);
  const Traffic& traffic() const { return traffic_; }

  // As above, without waiting: nullopt where that would be needed.

  Result<std::optional<std::size_t>> try_read(std::span<std::byte> out);
  /// `more`: further bytes follow at once, so a partly filled packet may wait for them.
  Result<std::optional<std::size_t>> try_write(ByteView bytes, bool more);
  /// Whether the last read took all there was, so that another is better preceded by a wait.
  bool drained() const { return drained_; }

  /// Tells the peer that nothing more will be written (FIN, close_notify). Reading goes on.
  virtual void finish_writing() = 0;
  /// Makes a waiting read or write, and all later ones, fail. What was written is still delivered.
  virtual void cancel() = 0;
  /// As cancel, but drops what is on its way and lets the peer see that the connection was cut.
  virtual void abort() = 0;

  /// Written bytes that the peer has not acknowledged yet.
  virtual std::uint64_t unacknowledged_bytes() const = 0;

 protected:
  // What an adapter gives.

  virtual Result<std::optional<std::size_t>> do_read(std::span<std::byte> out) = 0;
  virtual Result<std::optional<std::size_t>> do_write(ByteView bytes, bool more) = 0;
  virtual Task<Result<void>> do_wait(Direction direction) = 0;
  /// Only called if `sends_files`.
  virtual Result<std::optional<std::size_t>> do_send_file(FileSlice slice);
  virtual bool sends_files() const { return false; }
  /// Whether a read of less than was asked for shows that nothing is left.
  virtual bool short_read_drains() const { return false; }

 private:
  Task<Result<void>> send_file(FileSlice slice, Pool& pool);
  Task<Result<void>> copy_file(FileSlice slice, Pool& pool);

  Traffic traffic_;
  bool drained_ = false;
};

/// Two ends of one connection in memory; each direction holds at most `capacity_bytes` on its way.
std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> memory_streams(
    Executor executor, std::size_t capacity_bytes);

}  // namespace granary::net
