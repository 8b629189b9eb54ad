// The trending score of a repo: recent likes and downloads, older ones fading by half each week.
#pragma once

#include <cstdint>

#include "base/env.h"

namespace granary::meta {

inline constexpr double kTrendingDownload = 1;  // weights of what happens to a repo
inline constexpr double kTrendingLike = 20;

// Scores compare as the faded sums do at any one moment, though nothing is ever faded: an event at
// time t weighs 2^(t / one week), and the score is the logarithm of the sum, in steps of 2^-32.

/// Of a repo made at `created`, to which nothing happened yet.
std::int64_t trending_at_birth(WallTime created);
/// After an event of `weight` at `time`; a negative weight takes one back.
std::int64_t trending_after(std::int64_t score, WallTime time, double weight);

}  // namespace granary::meta
