// Tree objects: what parses is written back byte for byte.
#include <algorithm>

#include "git/tree.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView body(reinterpret_cast<const std::byte*>(data), size);
  const auto entries = git::parse_tree(body);
  if (entries) GRANARY_ASSERT(std::ranges::equal(git::write_tree(*entries), body));
  return 0;
}
