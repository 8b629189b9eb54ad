// What the reader and the writer of shards share.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace granary::api::xet {

// Source: docs/formats/xet-wire.md.
inline constexpr std::size_t kShardRecordSizeBytes = 48;
inline constexpr std::uint32_t kShardVersion = 2;
inline constexpr std::array<unsigned char, 32> kShardTag = {
    'H', 'F', 'R', 'e', 'p', 'o', 'M', 'e', 't', 'a', 'D', 'a', 't', 'a', 0,  85,
    105, 103, 69,  106, 123, 129, 87,  131, 165, 189, 217, 92,  205, 209, 74, 169};

}  // namespace granary::api::xet
