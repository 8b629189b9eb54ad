// BodySource: content that comes piece by piece, as bytes or as ranges of open files.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "base/bytes.h"
#include "base/result.h"
#include "net/stream.h"
#include "net/task.h"

namespace granary::net {

/// What a BodySource gives: bytes of its own that stay until its next call, a range of an open file
/// that it keeps open as long, or (monostate) the end.
using Piece = std::variant<std::monostate, ByteView, FileSlice>;

/// Content too large or too slow to hold in memory. Used by one task; destroyed once sent or cut.
class BodySource {
 public:
  virtual ~BodySource() = default;
  /// All bytes that `next` will give, or nullopt if that is not known before: the body is chunked.
  virtual std::optional<std::uint64_t> size_bytes() const = 0;
  /// The next piece. An error, or an end that does not fit size_bytes, cuts the connection, so that
  /// the client sees a truncated body and never a wrong one.
  virtual Task<Result<Piece>> next() = 0;
};

}  // namespace granary::net
