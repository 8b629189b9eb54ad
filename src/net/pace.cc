// The beats double, so that long work is rounded as coarsely as short work.
#include "net/pace.h"

#include "net/timeout.h"

namespace granary::net {

std::chrono::nanoseconds beat_after(std::chrono::nanoseconds spent) {
  std::chrono::nanoseconds beat = kFirstBeat;
  while (beat < spent) beat *= 2;
  return beat;
}

Task<> Pace::hold() const {
  const std::chrono::nanoseconds spent = std::chrono::steady_clock::now() - began_;
  const std::chrono::nanoseconds rest = beat_after(spent) - spent;
  co_await sleep_for(rest);
}

Task<> Pace::hold(std::chrono::nanoseconds least) const {
  const std::chrono::nanoseconds spent = std::chrono::steady_clock::now() - began_;
  if (spent < least) co_await sleep_for(least - spent);
}

}  // namespace granary::net
