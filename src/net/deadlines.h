// Deadlines: one list of all connections of a thread, swept once a second, instead of timers.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/env.h"
#include "net/stream.h"

namespace granary::net {

/// What a connection is doing, which decides how long it may take.
enum class Phase : std::uint8_t {
  Idle,      // between requests
  Head,      // a request has begun and its head has not all come
  Exchange,  // a handler runs, or a body moves: only waiting for the peer counts
  Linger,    // the reply is out and the connection is about to close
};

struct PhaseTimes {
  std::chrono::nanoseconds idle;
  std::chrono::nanoseconds head;
  std::chrono::nanoseconds body_progress;
  std::chrono::nanoseconds linger;
};

class DeadlineList;

/// A connection's place in the list, and its phase. Removes itself. All on one thread.
class Deadline {
 public:
  Deadline(DeadlineList& list, Stream& stream);
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;
  ~Deadline();

  /// Starts a phase now.
  void enter(Phase phase);
  Phase phase() const { return phase_; }
  bool expired() const { return expired_; }

 private:
  friend class DeadlineList;
  std::uint64_t moved_bytes() const;

  DeadlineList& list_;
  Stream& stream_;
  Deadline* previous_ = nullptr;
  Deadline* next_ = nullptr;
  SteadyTime since_;           // start of the phase; in Exchange, of the current period
  std::uint64_t since_bytes_;  // moved when that period began, once a sweep has looked
  Phase phase_ = Phase::Idle;
  bool expired_ = false;
};

class DeadlineList {
 public:
  DeadlineList(Clock& clock, PhaseTimes times) : clock_(clock), times_(times) {}
  DeadlineList(const DeadlineList&) = delete;
  DeadlineList& operator=(const DeadlineList&) = delete;
  /// The list must be empty.
  ~DeadlineList();

  /// Cuts every connection that has used up its time, or moved less than
  /// limits::kBodyProgressBytesMin while it waited for its peer that long. Gives how many.
  std::size_t sweep();
  /// Ends connections between requests; those at work go on.
  void cancel_idle();
  /// Cuts all connections.
  void abort_all();

  std::size_t count() const { return count_; }

 private:
  friend class Deadline;
  bool is_due(Deadline& deadline, SteadyTime now) const;

  Clock& clock_;
  PhaseTimes times_;
  Deadline* first_ = nullptr;
  std::size_t count_ = 0;
};

}  // namespace granary::net
