// Prefixes of a local file.
#include "cli/model_file.h"

#include <algorithm>

#include "base/limits.h"

namespace granary::cli {

format::HeaderSource header_source_of(File& file, std::uint64_t size_bytes) {
  const auto read_prefix = [&file, size_bytes](std::uint64_t size_max) -> Result<Bytes> {
    Bytes bytes(static_cast<std::size_t>(std::min(size_bytes, size_max)));
    TRY(const std::size_t got, file.read_at(0, bytes));
    bytes.resize(got);
    return bytes;
  };
  return {.read_prefix = read_prefix,
          .file_size_bytes = size_bytes,
          .header_size_bytes_max = limits::kSafetensorsHeaderSizeBytesMax};
}

}  // namespace granary::cli
