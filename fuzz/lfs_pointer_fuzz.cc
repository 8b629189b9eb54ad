// LFS pointers: what parses is written back byte for byte.
#include "git/lfs_pointer.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView blob(reinterpret_cast<const std::byte*>(data), size);
  const auto pointer = git::parse_lfs_pointer(blob);
  if (pointer) GRANARY_ASSERT(git::write_lfs_pointer(*pointer) == as_text(blob));
  return 0;
}
