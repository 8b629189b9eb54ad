// Byte grouping: the inverse of its plain statement at every length that matters.
#include "api/xet/byte_groups.h"

#include <gtest/gtest.h>

#include "api/xet/wire_testing.h"

namespace granary::api::xet {
namespace {

using namespace testing;

TEST(ByteGroups, AnExampleByHand) {
  Bytes original(10);
  ungroup_by_four(from_hex("00040801050902060307"), original);
  EXPECT_EQ(to_hex(original), "00010203040506070809");
}

TEST(ByteGroups, EveryShortLengthComesBack) {
  for (std::size_t size = 0; size <= 300; ++size) {
    const Bytes bytes = random_bytes(size);
    Bytes original(size);
    ungroup_by_four(group_by_four(bytes), original);
    EXPECT_EQ(original, bytes) << size;
  }
}

TEST(ByteGroups, TheLongestChunksComeBackWhateverTheirLengthModuloFour) {
  for (std::size_t size = 131'068; size <= 131'072; ++size) {
    const Bytes bytes = random_bytes(size);
    Bytes original(size);
    ungroup_by_four(group_by_four(bytes), original);
    EXPECT_EQ(original, bytes) << size;
  }
}

}  // namespace
}  // namespace granary::api::xet
