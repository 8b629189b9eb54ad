// A guess, from a few KiB of a block, whether a general compressor will pay.
#pragma once

#include <cstddef>

#include "base/bytes.h"

namespace granary::codec {

/// True for text and for bytes of low entropy (padding, sparse or upcast tensors). False for
/// weights of the usual types: zstd would save some, yet cost more time at each read than it is
/// worth. Looks at about 4 KiB: some 5 microseconds.
bool is_worth_zstd(ByteView block);

/// The least that coding must save to be kept: 2 % of the block, at least one byte.
std::size_t least_gain_bytes(std::size_t size_bytes);

}  // namespace granary::codec
