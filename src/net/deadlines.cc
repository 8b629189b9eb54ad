// An intrusive list; a sweep of ten thousand connections costs well under a millisecond.
#include "net/deadlines.h"

#include "base/limits.h"

namespace granary::net {
namespace {

constexpr std::uint64_t kNotMeasured = ~std::uint64_t{0};

}  // namespace

Deadline::Deadline(DeadlineList& list, Stream& stream)
    : list_(list),
      stream_(stream),
      next_(list.first_),
      since_(list.clock_.steady_now()),
      since_bytes_(kNotMeasured) {
  if (next_ != nullptr) next_->previous_ = this;
  list.first_ = this;
  ++list.count_;
}

Deadline::~Deadline() {
  if (next_ != nullptr) next_->previous_ = previous_;
  (previous_ != nullptr ? previous_->next_ : list_.first_) = next_;
  --list_.count_;
}

void Deadline::enter(Phase phase) {
  phase_ = phase;
  since_ = list_.clock_.steady_now();
  since_bytes_ = kNotMeasured;
}

std::uint64_t Deadline::moved_bytes() const {
  // The kernel takes megabytes at once that a slow reader needs minutes for; what counts is what
  // the peer has acknowledged.
  const std::uint64_t moved = stream_.traffic().read_bytes + stream_.traffic().written_bytes;
  const std::uint64_t waiting = stream_.unacknowledged_bytes();
  return moved > waiting ? moved - waiting : 0;
}

DeadlineList::~DeadlineList() { GRANARY_ASSERT(first_ == nullptr); }

bool DeadlineList::is_due(Deadline& deadline, SteadyTime now) const {
  const auto spent = now - deadline.since_;
  switch (deadline.phase_) {
    case Phase::Idle: return spent > times_.idle;
    case Phase::Head: return spent > times_.head;
    case Phase::Linger: return spent > times_.linger;
    case Phase::Exchange: break;
  }
  if (!deadline.stream_.traffic().waiting) {
    deadline.enter(Phase::Exchange);
    return false;
  }
  const std::uint64_t moved = deadline.moved_bytes();
  if (deadline.since_bytes_ == kNotMeasured) deadline.since_bytes_ = moved;
  if (moved < deadline.since_bytes_ + limits::kBodyProgressBytesMin) {
    return spent > times_.body_progress;
  }
  deadline.since_ = now;
  deadline.since_bytes_ = moved;
  return false;
}

std::size_t DeadlineList::sweep() {
  const SteadyTime now = clock_.steady_now();
  std::size_t cut = 0;
  for (Deadline* deadline = first_; deadline != nullptr; deadline = deadline->next_) {
    if (deadline->expired_ || !is_due(*deadline, now)) continue;
    deadline->expired_ = true;
    ++cut;
    if (deadline->phase_ == Phase::Exchange) {
      deadline->stream_.abort();
    } else {
      deadline->stream_.cancel();
    }
  }
  return cut;
}

void DeadlineList::cancel_idle() {
  for (Deadline* deadline = first_; deadline != nullptr; deadline = deadline->next_) {
    if (deadline->phase_ == Phase::Idle) deadline->stream_.cancel();
  }
}

void DeadlineList::abort_all() {
  for (Deadline* deadline = first_; deadline != nullptr; deadline = deadline->next_) {
    deadline->stream_.abort();
  }
}

}  // namespace granary::net
