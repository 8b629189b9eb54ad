// The checksum of a stored block, by libxxhash, which picks its SIMD path when it is built.
#include "codec/block_checksum.h"

#include <xxhash.h>

namespace granary::codec {

std::uint64_t block_checksum(ByteView coded) {
  return XXH3_64bits(coded.data(), coded.size());
}

}  // namespace granary::codec
