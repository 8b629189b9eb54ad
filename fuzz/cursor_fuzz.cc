// Cursors of listings: what is read is written back as it came, whatever it is sorted by.
#include "meta/cursor.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto sort : {meta::RepoSort::Modified, meta::RepoSort::Likes, meta::RepoSort::Id}) {
    const auto cursor = meta::parse_cursor(text, sort);
    if (cursor) GRANARY_ASSERT(meta::format_cursor(*cursor) == text);
  }
  return 0;
}
