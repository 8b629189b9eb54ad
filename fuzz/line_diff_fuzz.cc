// Two texts, apart by a NUL: there are hunks only if they differ.
#include <algorithm>

#include "base/result.h"
#include "git/line_diff.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t split = std::min(input.find('\0'), size);
  const std::string_view before = input.substr(0, split);
  const std::string_view after = input.substr(std::min(split + 1, size));
  GRANARY_ASSERT(git::unified_hunks(before, after).empty() == (before == after));
  return 0;
}
