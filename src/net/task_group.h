// TaskGroup: owns tasks that run beside their maker: counts, cancels, joins, reports failures.
#pragma once

#include <cstddef>
#include <memory>

#include "base/result.h"
#include "net/task.h"

namespace granary::net {

/// Nothing is detached: every task that is not awaited belongs to a group, and a group is joined
/// before what its tasks use is destroyed. All members are called on the executor's thread.
class TaskGroup {
 public:
  /// `executor` runs the tasks.
  explicit TaskGroup(Executor executor);
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  /// The group must be empty, or its executor must never run again.
  ~TaskGroup();

  /// Starts a task soon. A failure (an Error or an exception) is logged and counted.
  void spawn(Task<> task);
  void spawn(Task<Result<void>> task);

  /// Asks every task to end early: what it awaits now fails, and what it awaits later throws.
  void cancel();
  /// Waits until no task runs. Tasks may still be spawned meanwhile; they are waited for too.
  Task<> join();

  std::size_t count() const;
  std::size_t failed_count() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with the tasks' completions, which may come after us
};

}  // namespace granary::net
