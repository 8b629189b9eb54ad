// Task: the coroutine type of everything that waits, and the executor that runs it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace granary::net {

/// One executor per I/O thread. Named here only, so that it can change in one place.
using Executor = boost::asio::io_context::executor_type;

/// What waits is a Task; what computes is a plain function. A Task runs on the thread of the
/// executor it was spawned on and does nothing before it is awaited or spawned.
template <class T = void>
using Task = boost::asio::awaitable<T, Executor>;

/// The executor that runs the calling task.
Task<Executor> current_executor();

/// Lets everything else that is ready on this executor run first.
Task<> yield();

}  // namespace granary::net

namespace granary {
using net::Task;
}  // namespace granary
