// The zstd codec: one frame per block, which declares its content's size.
#pragma once

#include <cstddef>
#include <span>

#include "base/bytes.h"
#include "base/result.h"

namespace granary::codec {

/// Gives the size of the frame written to `out`, or 0 if it does not fit there.
std::size_t encode_zstd(ByteView original, std::span<std::byte> out);

/// Errors: Corrupt unless `frame` is exactly one frame of exactly out.size() bytes.
Result<void> decode_zstd(ByteView frame, std::span<std::byte> out);

}  // namespace granary::codec
