// A window is open from the first chunk that touches a range until the cuts are as before.
#include "chunk/dirty_windows.h"

#include <utility>

#include "base/limits.h"

namespace granary::chunk {
namespace {

// The chunker cannot have skipped a cut before such a chunk, nor been forced to end it.
bool is_usual(std::uint64_t size_bytes) {
  return size_bytes >= 2 * limits::kChunkSizeBytesMin &&
         size_bytes < limits::kChunkSizeBytesMax - limits::kChunkSizeBytesMin;
}

}  // namespace

void DirtyWindows::add(const Chunk& chunk) {
  const ByteSpan span{end_, end_ + chunk.size_bytes};
  end_ = span.end;
  if (!is_open_) {
    if (touches(range_, span))
      open(span);
    else
      gap_.push_back(chunk);
    return;
  }
  const bool touches_next = !touches(range_, span) && touches(range_ + 1, span);
  windows_.back().end = span.end;
  if (touches(range_, span) || touches_next) {
    if (touches_next) ++range_;
    extend(span.end);
    return;
  }
  if (clean_size_bytes_ && is_usual(*clean_size_bytes_) && is_usual(chunk.size_bytes)) {
    ++range_;
    is_open_ = false;
  }
  clean_size_bytes_ = chunk.size_bytes;
}

void DirtyWindows::finish() { close_gap(true); }

bool DirtyWindows::touches(std::size_t range, const ByteSpan& chunk) const {
  return range < ranges_.size() && chunk.end > ranges_[range].begin &&
         chunk.begin < ranges_[range].end;
}

void DirtyWindows::open(const ByteSpan& chunk) {
  close_gap(false);
  windows_.push_back(chunk);
  is_open_ = true;
  extend(chunk.end);
}

void DirtyWindows::extend(std::uint64_t end) {
  clean_size_bytes_.reset();
  while (range_ + 1 < ranges_.size() && end > ranges_[range_ + 1].begin) ++range_;
}

void DirtyWindows::close_gap(bool at_end) {
  const bool at_start = windows_.empty();
  gaps_.push_back(hash_subtree(std::exchange(gap_, {}), at_start, at_end));
}

}  // namespace granary::chunk
