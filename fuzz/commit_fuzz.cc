// Commit objects: what parses is written back byte for byte.
#include <algorithm>

#include "git/commit.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView body(reinterpret_cast<const std::byte*>(data), size);
  const auto commit = git::parse_commit(body);
  if (commit) GRANARY_ASSERT(std::ranges::equal(git::write_commit(*commit), body));
  return 0;
}
