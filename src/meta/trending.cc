// The trending score of a repo.
#include "meta/trending.h"

#include <algorithm>
#include <cmath>

namespace granary::meta {
namespace {

constexpr double kScale = 4294967296.0;  // 2^32
constexpr double kWeekMilliseconds = 7.0 * 24 * 3600 * 1000;
constexpr double kRemainderMin = 1e-6;  // what taking all back leaves of the sum

}  // namespace

std::int64_t trending_at_birth(WallTime created) {
  const double weeks = static_cast<double>(created.time_since_epoch().count()) / kWeekMilliseconds;
  return static_cast<std::int64_t>(weeks * kScale);
}

std::int64_t trending_after(std::int64_t score, WallTime time, double weight) {
  const double before = static_cast<double>(score) / kScale;
  const double weeks = static_cast<double>(time.time_since_epoch().count()) / kWeekMilliseconds;
  // Relative to the larger of the two, so that no power overflows.
  const double top = std::max(before, weeks);
  const double sum = std::exp2(before - top) + weight * std::exp2(weeks - top);
  return static_cast<std::int64_t>((top + std::log2(std::max(sum, kRemainderMin))) * kScale);
}

}  // namespace granary::meta
