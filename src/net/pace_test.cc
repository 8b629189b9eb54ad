// Tests of beats: whatever the work took, few times are possible.
#include "net/pace.h"

#include <gtest/gtest.h>

#include "net/block_on.h"

namespace granary::net {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

TEST(Pace, WorkOfAnyTimeEndsAtTheNextBeat) {
  EXPECT_EQ(beat_after(nanoseconds(0)), milliseconds(1));
  EXPECT_EQ(beat_after(microseconds(120)), milliseconds(1));
  EXPECT_EQ(beat_after(microseconds(160)), milliseconds(1));
  EXPECT_EQ(beat_after(milliseconds(1)), milliseconds(1));
  EXPECT_EQ(beat_after(milliseconds(1) + nanoseconds(1)), milliseconds(2));
  EXPECT_EQ(beat_after(milliseconds(5)), milliseconds(8));
  EXPECT_EQ(beat_after(std::chrono::seconds(1)), milliseconds(1024));
}

TEST(Pace, AnAnswerIsHeldUntilThen) {
  const auto began = std::chrono::steady_clock::now();
  const Pace pace;
  block_on(pace.hold());
  EXPECT_GE(std::chrono::steady_clock::now() - began, kFirstBeat);
}

TEST(Pace, WorkThatTookLongerThanTheLeastIsNotHeld) {
  const auto began = std::chrono::steady_clock::now();
  const Pace pace;
  block_on(pace.hold(kKeepBeat));
  EXPECT_GE(std::chrono::steady_clock::now() - began, kKeepBeat);
  const auto then = std::chrono::steady_clock::now();
  block_on(pace.hold(std::chrono::steady_clock::now() - began));
  EXPECT_LT(std::chrono::steady_clock::now() - then, std::chrono::seconds(1));
}

}  // namespace
}  // namespace granary::net
