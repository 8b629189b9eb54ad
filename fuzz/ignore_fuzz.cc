// A .gitignore file and a path that it is asked for, apart by a NUL.
#include <algorithm>

#include "git/ignore.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t split = std::min(input.find('\0'), size);
  (void)git::Ignore(input.substr(0, split)).is_ignored(input.substr(split));
  return 0;
}
