// Content-defined chunking as the Xet protocol defines it, over a stream fed in pieces.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"

namespace granary::chunk {

/// Finds where the chunks of one file end: an edit moves only the boundaries around it.
/// Chunks are 8 KiB to 128 KiB, about 64 KiB on average; a file's last chunk may be shorter.
/// Where the stream is cut into pieces does not matter. It keeps no bytes, only a hash and a count.
/// Source: docs/formats/chunking.md.
class Chunker {
 public:
  /// Gives the offset in `piece` just past the end of the chunk under way, or nothing when that
  /// chunk goes on after the piece. Call again with the rest of the piece until it gives nothing:
  ///
  ///   while (auto end = chunker.next_boundary(piece)) {
  ///     use(piece.first(*end));           // together with what earlier pieces left of this chunk
  ///     piece = piece.subspan(*end);
  ///   }
  std::optional<std::size_t> next_boundary(ByteView piece);

  /// Bytes of the chunk under way that have been seen. At the end of a file they are its last
  /// chunk, if any.
  std::size_t pending_size_bytes() const { return size_bytes_; }

  /// Starts a new file.
  void reset() { *this = Chunker(); }

 private:
  std::uint64_t hash_ = 0;
  std::size_t size_bytes_ = 0;
};

/// The end offsets of the chunks of a whole file, ascending; the last is bytes.size(). Empty input
/// gives none.
std::vector<std::size_t> chunk_ends(ByteView bytes);

}  // namespace granary::chunk
