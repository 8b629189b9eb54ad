// A .gitattributes file and a path that it is asked for, apart by a NUL.
#include <algorithm>

#include "base/limits.h"
#include "base/result.h"
#include "git/attributes.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t split = std::min(input.find('\0'), size);
  const git::Attributes attributes(input.substr(0, split));
  (void)attributes.is_lfs(input.substr(split));
  const std::string line = git::lfs_attribute_line("weights/" + std::string(64, 'x'));
  GRANARY_ASSERT(git::Attributes(std::string(input.substr(0, split)) + "\n" + line)
                     .is_lfs("weights/" + std::string(64, 'x')) ||
                 split + line.size() >= limits::kRuleFileSizeBytesMax);
  return 0;
}
