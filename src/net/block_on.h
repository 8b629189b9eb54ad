// block_on: runs one task to its end on the calling thread, for command lines and tests.
#pragma once

#include <exception>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "net/task.h"

namespace granary::net {

namespace detail {
/// Runs the task on an executor of its own and returns once nothing is left to do there.
void run_to_end(Task<> task);

template <class T>
Task<> keep_value(Task<T> task, std::optional<T>& value) {
  T result = co_await std::move(task);
  value.emplace(std::move(result));
}
}  // namespace detail

/// What `task` gives. Rethrows what it throws.
template <class T>
T block_on(Task<T> task) {
  if constexpr (std::is_void_v<T>) {
    detail::run_to_end(std::move(task));
  } else {
    std::optional<T> value;
    detail::run_to_end(detail::keep_value<T>(std::move(task), value));
    return std::move(*value);
  }
}

}  // namespace granary::net
