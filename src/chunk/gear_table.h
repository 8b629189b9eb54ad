// The table of the gear rolling hash: one 64-bit constant per byte value.
#pragma once

#include <array>
#include <cstdint>

namespace granary::chunk {

/// Source: crate `gearhash` 0.1.3, DEFAULT_TABLE (MIT or Apache-2.0). Part of the Xet protocol.
extern const std::array<std::uint64_t, 256> kGearTable;

/// kGearTable with the top bit of each entry flipped; chunker.cc says what for.
extern const std::array<std::uint64_t, 256> kGearTableFlipped;

}  // namespace granary::chunk
