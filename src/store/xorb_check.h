// Checks a xorb's container against its name: the chunk list, and the bytes down to each chunk.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "store/xorb_reader.h"

namespace granary::store {

/// Errors: Corrupt if the hashes of the chunks do not make the xorb's.
Result<void> check_chunk_list(const XorbReader& reader, std::span<const XorbChunk> chunks);

/// Decodes every block and hashes every chunk. `progress`, which may be empty, is told of the bytes
/// of each block. Errors: Corrupt.
Result<void> check_chunk_bytes(const XorbReader& reader, std::span<const XorbChunk> chunks,
                               const Decoding& decoding,
                               const std::function<void(std::uint64_t size_bytes)>& progress);

}  // namespace granary::store
