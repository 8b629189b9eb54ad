// Request targets: never a fault, no NUL comes out, and what is encoded decodes to itself.
#include <cstdlib>

#include "net/target.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto target = net::parse_target(text)) {
    for (const std::string& segment : target->segments) {
      if (segment.find('\0') != std::string::npos) std::abort();
      if (*net::percent_decode(net::percent_encode(segment)) != segment) std::abort();
    }
  }
  return 0;
}
