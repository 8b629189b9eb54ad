// What every task can ask of its executor, and running one task to its end.
#include "net/task.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include "net/block_on.h"

namespace granary::net {

namespace asio = boost::asio;

Task<Executor> current_executor() { co_return co_await asio::this_coro::executor; }

Task<> yield() {
  const Executor executor = co_await asio::this_coro::executor;
  co_await asio::post(executor, asio::use_awaitable_t<Executor>());
}

namespace detail {

void run_to_end(Task<> task) {
  asio::io_context context(1);
  std::exception_ptr failure;
  asio::co_spawn(context.get_executor(), std::move(task),
                 [&failure](std::exception_ptr thrown) { failure = std::move(thrown); });
  context.run();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace detail
}  // namespace granary::net
