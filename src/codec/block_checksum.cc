// The checksum of a stored block, by libxxhash; on x86-64 it picks its SIMD path by CPUID.
#include "codec/block_checksum.h"

#include <xxhash.h>
#if defined(__x86_64__)
#include <xxh_x86dispatch.h>  // puts the choosing function in the place of XXH3_64bits
#endif

namespace granary::codec {

std::uint64_t block_checksum(ByteView coded) { return XXH3_64bits(coded.data(), coded.size()); }

}  // namespace granary::codec
