// Body: a request's body as a stream that is read only as fast as its reader wants it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "net/task.h"

namespace granary::net {

/// The socket is not read while nobody reads the body, so a slow disk slows the client down and
/// nothing piles up. A body that is not read to its end costs the client its connection, unless
/// little is left.
class Body {
 public:
  virtual ~Body() = default;

  /// Reads what is there, waiting for at least one byte; 0 is the end of the body. `out` is not
  /// empty; give it up to limits::kBodyBufferSizeBytes. The first read answers `Expect:
  /// 100-continue`. Errors: Invalid for bad chunking or a Content-Encoding other than identity;
  /// Unavailable if the client left or stalled.
  virtual Task<Result<std::size_t>> read(std::span<std::byte> out) = 0;

  /// The declared size; nullopt for a chunked body. 0 if there is none.
  virtual std::optional<std::uint64_t> size_bytes() const = 0;

  /// The whole body, for small ones. Errors: TooLarge over `size_bytes_max`, and those of read.
  Task<Result<std::string>> read_all(std::size_t size_bytes_max);
};

}  // namespace granary::net
