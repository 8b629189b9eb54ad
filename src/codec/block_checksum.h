// The checksum of a stored block: it finds bit rot at each read. It is no defence against people.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace granary::codec {

/// XXH3, 64 bits, seed 0. Source: docs/decisions/0011-xxh3-block-checksum.md.
std::uint64_t block_checksum(ByteView coded);

}  // namespace granary::codec
