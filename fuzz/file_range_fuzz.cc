// Range headers of reconstructions: what is read is a run of bytes, never one that ends before it
// begins.
#include "api/xet/file_range.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto span =
      api::xet::parse_file_range(std::string_view(reinterpret_cast<const char*>(data), size));
  if (span) GRANARY_ASSERT(span->first_byte <= span->last_byte);
  return 0;
}
