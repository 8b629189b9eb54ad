// Pace: an answer waits for the next beat, so that its time does not tell what was found.
#pragma once

#include <chrono>

#include "net/task.h"

namespace granary::net {

/// Longer than a look-up takes, and too short to be noticed.
inline constexpr std::chrono::milliseconds kFirstBeat{1};

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

 private:
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace granary::net
