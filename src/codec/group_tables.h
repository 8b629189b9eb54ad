// Shuffles of groups of eight lanes, by the group's mask: for instruction sets that can shuffle 16
// bytes but cannot compress or expand.
#pragma once

#include <cstdint>

namespace granary::codec {

struct GroupTables {
  /// Of 8 zeros followed by 8 ones, puts the next of either in each lane.
  /// One more row, so that 16 bytes can be read at any.
  alignas(64) std::uint8_t merge[257][8];
  /// Of 8 lanes, puts those of the mask's zeros first in bytes 0 to 7, its ones in bytes 8 to 15.
  alignas(64) std::uint8_t part[256][16];
};

constexpr GroupTables make_group_tables() {
  GroupTables tables{};
  for (unsigned mask = 0; mask < 256; ++mask) {
    std::uint8_t zeros = 0;
    std::uint8_t ones = 8;
    for (std::uint8_t lane = 0; lane < 8; ++lane) {
      const bool one = (mask >> lane & 1U) != 0;
      tables.part[mask][one ? ones : zeros] = lane;
      tables.merge[mask][lane] = one ? ones++ : zeros++;
    }
  }
  return tables;
}

inline constexpr GroupTables kGroupTables = make_group_tables();

}  // namespace granary::codec
