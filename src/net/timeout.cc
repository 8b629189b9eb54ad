// Deadlines by a timer raced against the work on the same executor.
#include "net/timeout.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace granary::net {

namespace asio = boost::asio;

namespace {

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

Task<> expire(std::chrono::nanoseconds duration, bool& expired) {
  const Executor executor = co_await asio::this_coro::executor;
  Timer timer(executor, std::chrono::duration_cast<Timer::duration>(duration));
  auto [error] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable_t<Executor>()));
  expired = !error;
}

}  // namespace

Task<> sleep_for(std::chrono::nanoseconds duration) {
  const Executor executor = co_await asio::this_coro::executor;
  Timer timer(executor, std::chrono::duration_cast<Timer::duration>(duration));
  co_await timer.async_wait(asio::use_awaitable_t<Executor>());
}

namespace detail {

Task<bool> finish_within(std::chrono::nanoseconds limit, Task<> work) {
  using namespace asio::experimental::awaitable_operators;
  bool expired = false;
  Task<> alarm = expire(limit, expired);
  co_await (std::move(work) || std::move(alarm));
  co_return !expired;
}

}  // namespace detail
}  // namespace granary::net
