// LZ4 frames, read: the one place that knows liblz4.
#pragma once

#include <cstddef>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"

namespace granary::api::xet {

/// Decodes the LZ4 frames of one xorb, keeping its buffers between them. By one thread at a time.
class Lz4FrameDecoder {
 public:
  Lz4FrameDecoder();
  ~Lz4FrameDecoder();
  Lz4FrameDecoder(Lz4FrameDecoder&&) noexcept;
  Lz4FrameDecoder& operator=(Lz4FrameDecoder&&) noexcept;

  /// The original bytes of a frame; they stay until the next call. Any block size, linked or
  /// independent blocks; content size and checksums are checked where the frame has them.
  /// `size_bytes`: 1 to limits::kChunkSizeBytesMax. However far a frame would expand, no more than
  /// one of its blocks beyond that is ever decoded.
  /// Errors: Invalid unless `frame` is one whole frame, with nothing after it, of exactly
  /// `size_bytes` original bytes.
  /// Source: the LZ4 frame format, version 1.6.
  Result<ByteView> decode(ByteView frame, std::size_t size_bytes);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace granary::api::xet
