// Pace: an answer waits for the next beat, so that its time does not tell what was found.
#pragma once

#include <chrono>

#include "net/task.h"

namespace granary::net {

/// Longer than a look-up takes, and too short to be noticed.
inline constexpr std::chrono::milliseconds kFirstBeat{1};

/// Longer than the keeping of a small upload takes, on a disk that forces a write within 1 ms.
inline constexpr std::chrono::milliseconds kKeepBeat{4};

/// When an answer goes out whose work has taken `spent`: kFirstBeat after the work began, or twice
/// that, four times that, and so on.
std::chrono::nanoseconds beat_after(std::chrono::nanoseconds spent);

/// The work begins when this is made: after the body was read, since a client that chose that
/// moment would see how far from a beat the work ends.
/// Source: docs/decisions/0022-the-time-of-an-answer.md.
class Pace {
 public:
  /// Waits for the next beat, without holding a thread.
  Task<> hold() const;
  /// Waits until `least` is over; not at all if the work took longer.
  Task<> hold(std::chrono::nanoseconds least) const;

 private:
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace granary::net
