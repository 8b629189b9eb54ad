// The trending score: what fades, what counts more, and what can be taken back.
#include "meta/trending.h"

#include <gtest/gtest.h>

#include <cmath>

namespace granary::meta {
namespace {

using std::chrono::hours;
const WallTime kNow{std::chrono::milliseconds{1'795'482'123'004}};

TEST(Trending, AnEventAWeekLaterCountsTwice) {
  const std::int64_t birth = trending_at_birth(kNow);
  const std::int64_t early = trending_after(birth, kNow, 1000);
  const std::int64_t late = trending_after(birth, kNow + hours(24 * 7), 500);
  EXPECT_NEAR(static_cast<double>(early), static_cast<double>(late), std::exp2(32) * 0.01);
  EXPECT_GT(trending_after(birth, kNow + hours(24 * 7), 1000), early);
}

TEST(Trending, OneLikeOutweighsSomeDownloads) {
  const std::int64_t birth = trending_at_birth(kNow);
  EXPECT_GT(trending_after(birth, kNow, kTrendingLike),
            trending_after(birth, kNow, kTrendingDownload * 10));
}

TEST(Trending, ALikeTakenBackLeavesNoTrace) {
  const std::int64_t birth = trending_at_birth(kNow);
  const std::int64_t liked = trending_after(birth, kNow + hours(5), kTrendingLike);
  EXPECT_GT(liked, birth);
  const std::int64_t unliked = trending_after(liked, kNow + hours(5), -kTrendingLike);
  EXPECT_NEAR(static_cast<double>(unliked), static_cast<double>(birth), 1e6);
}

TEST(Trending, ExtremesStayFinite) {
  const std::int64_t old = trending_at_birth(WallTime{});
  const std::int64_t score = trending_after(old, kNow, 1e18);
  EXPECT_GT(score, trending_at_birth(kNow));
  EXPECT_LT(trending_after(old, kNow, -1e18), score);
}

}  // namespace
}  // namespace granary::meta
