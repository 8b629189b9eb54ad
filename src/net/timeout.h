// with_timeout: gives a task a deadline. sleep_for: waits on purpose.
#pragma once

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

#include "base/result.h"
#include "net/task.h"

namespace granary::net {

/// Waits `duration` without holding a thread.
Task<> sleep_for(std::chrono::nanoseconds duration);

namespace detail {
/// Runs `work`, which must not throw, and cancels it at the deadline; gives whether it ended by
/// itself.
Task<bool> finish_within(std::chrono::nanoseconds limit, Task<> work);

template <class T>
Task<> keep_outcome(Task<Result<T>> work, std::optional<Result<T>>& result,
                    std::exception_ptr& failure) {
  try {
    Result<T> outcome = co_await std::move(work);
    result.emplace(std::move(outcome));
  } catch (...) {
    failure = std::current_exception();
  }
}
}  // namespace detail

/// Gives what `work` gives, unless it takes longer than `limit`: then it is cancelled and awaited,
/// and the outcome is Unavailable, or a success that came too late to be stopped. Offloaded work is
/// not interrupted.
template <class T>
Task<Result<T>> with_timeout(std::chrono::nanoseconds limit, Task<Result<T>> work) {
  std::optional<Result<T>> result;
  std::exception_ptr failure;
  auto kept = detail::keep_outcome<T>(std::move(work), result, failure);
  const bool in_time = co_await detail::finish_within(limit, std::move(kept));
  if (in_time && failure) std::rethrow_exception(failure);
  if (result && (in_time || result->has_value())) co_return std::move(*result);
  co_return fail(ErrorKind::Unavailable, "timed out");
}

}  // namespace granary::net
