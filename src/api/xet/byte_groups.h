// Byte grouping by four, undone: what Xet's scheme 2 does to a chunk before LZ4.
#pragma once

#include <cstddef>
#include <span>

#include "base/bytes.h"

namespace granary::api::xet {

/// Puts bytes back that were sorted by their offset modulo 4: first all those at 0, 4, 8 …, then
/// at 1, 5, 9 … and so on. `original` is as long as `grouped` and does not overlap it.
/// Source: docs/formats/xet-wire.md.
void ungroup_by_four(ByteView grouped, std::span<std::byte> original);

}  // namespace granary::api::xet
