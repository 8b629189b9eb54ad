// Cutting stretches: from the first that reaches the beginning to the one that reaches the end.
#include "store/relations.h"

#include <algorithm>

namespace granary::store {

std::vector<StoredStretch> cut(std::span<const StoredStretch> stretches, std::uint64_t begin_bytes,
                               std::uint64_t size_bytes) {
  std::vector<StoredStretch> taken;
  for (const StoredStretch& stretch : stretches) {
    if (size_bytes == 0) break;
    if (begin_bytes >= stretch.size_bytes) {
      begin_bytes -= stretch.size_bytes;
      continue;
    }
    StoredStretch part = stretch;
    part.offset_bytes += static_cast<std::uint32_t>(begin_bytes);
    part.size_bytes = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(stretch.size_bytes - begin_bytes, size_bytes));
    begin_bytes = 0;
    size_bytes -= part.size_bytes;
    taken.push_back(part);
  }
  return taken;
}

}  // namespace granary::store
