// Which chunks of a file an edit of some ranges may change, and what is kept of the others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "chunk/hash_subtree.h"

namespace granary::chunk {

/// Bytes [begin, end) of a file.
struct ByteSpan {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  bool operator==(const ByteSpan&) const = default;
};

/// Takes a file's chunks in order. A window holds the chunks that touch a range, and those that
/// follow until two of usual size have come: from there on chunks are cut as before, whatever was
/// written into the range.
class DirtyWindows {
 public:
  /// `ranges`: not empty ones, ascending, not overlapping. Borrowed.
  explicit DirtyWindows(std::span<const ByteSpan> ranges) : ranges_(ranges) {}

  void add(const Chunk& chunk);
  /// After the last chunk.
  void finish();

  const std::vector<ByteSpan>& windows() const { return windows_; }
  /// Before, between and after the windows, once finished: one more than these.
  const std::vector<HashSubtree>& gaps() const { return gaps_; }

 private:
  bool touches(std::size_t range, const ByteSpan& chunk) const;
  void open(const ByteSpan& chunk);
  void extend(std::uint64_t end);
  void close_gap(bool at_end);

  std::span<const ByteSpan> ranges_;
  std::size_t range_ = 0;  // the first that no window before the open one has
  std::uint64_t end_ = 0;  // of the chunks so far
  bool is_open_ = false;
  std::optional<std::uint64_t> clean_size_bytes_;  // of the chunk before, if it touches no range
  std::vector<Chunk> gap_;
  std::vector<ByteSpan> windows_;
  std::vector<HashSubtree> gaps_;
};

}  // namespace granary::chunk
