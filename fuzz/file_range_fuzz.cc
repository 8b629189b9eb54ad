// Range headers of reconstructions and edits: what is read are runs of bytes, never one that ends
// before it begins, or before the one before.
#include "api/xet/file_range.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view header(reinterpret_cast<const char*>(data), size);
  const auto span = api::xet::parse_file_range(header);
  if (span) GRANARY_ASSERT(span->first_byte <= span->last_byte);
  std::uint64_t end = 0;
  const auto dirty = api::xet::parse_dirty_ranges(header);
  for (std::size_t at = 0; dirty && at < dirty->size(); ++at) {
    GRANARY_ASSERT((*dirty)[at].begin >= end && (*dirty)[at].begin < (*dirty)[at].end);
    end = (*dirty)[at].end;
  }
  return 0;
}
