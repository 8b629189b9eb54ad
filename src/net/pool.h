// Pool: threads for work that blocks or computes long; `offload` awaits such work, `Started` begins
// it ahead.
#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/result.h"
#include "net/task.h"

namespace granary::net {

/// A fixed number of threads fed from one queue, first in, first out. The queue is bounded by its
/// callers: a task waits for its work, so there are never more entries than tasks.
/// Must outlive every executor whose tasks use it; the destructor finishes what is queued.
class Pool {
 public:
  explicit Pool(std::size_t thread_count);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool();

  /// Runs `work` on one of the threads. Any thread may call. `work` must not throw.
  void post(std::function<void()> work);
  std::size_t thread_count() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

namespace detail {
/// Runs `work` on the pool and resumes the caller on its own executor. `work` must not throw, and
/// is run to its end even if the caller is cancelled meanwhile.
Task<> run_on(Pool& pool, std::function<void()> work);

/// Said once, by any thread; waited for once, by a task.
class Completion {
 public:
  void set();
  Task<> wait();
  bool is_set() const;

 private:
  mutable std::mutex mutex_;
  bool is_set_ = false;
  std::function<void()> wake_;
};

/// The Error that stands for an exception which left offloaded work; logged where it is caught.
Error error_of(const std::exception_ptr& failure);

template <class T>
inline constexpr bool is_result = false;
template <class T>
inline constexpr bool is_result<Result<T>> = true;
}  // namespace detail

/// Runs `work()` on the pool and gives what it returns: for hashing, compression, SQL, fsync,
/// anything over a millisecond. The task's own thread serves others meanwhile. `work` may refer to
/// what the caller owns: the caller does not continue before it has ended. Errors: an exception out
/// of `work` becomes Internal where it returns a Result, else is rethrown.
template <class F>
Task<std::invoke_result_t<F&>> offload(Pool& pool, F work) {
  using R = std::invoke_result_t<F&>;
  std::exception_ptr failure;
  if constexpr (std::is_void_v<R>) {
    std::function<void()> job = [&] {
      try {
        work();
      } catch (...) {
        failure = std::current_exception();
      }
    };
    co_await detail::run_on(pool, std::move(job));
    if (failure) std::rethrow_exception(failure);
  } else {
    std::optional<R> result;
    std::function<void()> job = [&] {
      try {
        result.emplace(work());
      } catch (...) {
        failure = std::current_exception();
      }
    };
    co_await detail::run_on(pool, std::move(job));
    if (failure) {
      if constexpr (detail::is_result<R>) co_return tl::unexpected(detail::error_of(failure));
      std::rethrow_exception(failure);
    }
    co_return std::move(*result);
  }
}

/// Work that runs on the pool from now on, and whose result is taken later, or never: then it runs
/// to its end all the same, so it must own what it uses. Errors: as offload's.
template <class T>
  requires detail::is_result<T>
class Started {
 public:
  Started(Pool& pool, std::function<T()> work) : state_(std::make_shared<State>()) {
    pool.post([state = state_, work = std::move(work)] {
      try {
        state->result.emplace(work());
      } catch (...) {
        state->result.emplace(tl::unexpected(detail::error_of(std::current_exception())));
      }
      state->completion.set();
    });
  }
  bool is_done() const { return state_->completion.is_set(); }
  /// Once. The result of `work`.
  Task<T> take() {
    const std::shared_ptr<State> state = state_;  // `this` may go while the task waits
    co_await state->completion.wait();
    co_return std::move(*state->result);
  }

 private:
  struct State {
    detail::Completion completion;
    std::optional<T> result;
  };
  std::shared_ptr<State> state_;
};

}  // namespace granary::net
