// The pool's threads and queue, and the hand-over between them and a task's executor.
#include "net/pool.h"

#include <atomic>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/log.h"

namespace granary::net {

namespace asio = boost::asio;

namespace {

/// Keeps an executor's context from being destroyed under a pool thread that has woken it: the
/// woken task may be the last one and end at once, while the thread is still inside `post`.
/// Services are shut down before the context goes, the newest first.
class WakeGuard final : public asio::execution_context::service {
 public:
  using Count = std::atomic<std::size_t>;

  inline static asio::execution_context::id id;  // Asio's key for the service; holds no state
  explicit WakeGuard(asio::execution_context& context) : service(context) {}

  /// Of work under way for this context; shared with the threads that do it.
  const std::shared_ptr<Count>& under_way() const { return under_way_; }

 private:
  void shutdown() override {
    while (under_way_->load(std::memory_order_acquire) > 0) std::this_thread::yield();
  }

  std::shared_ptr<Count> under_way_ = std::make_shared<Count>(0);
};

}  // namespace

struct Pool::State {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void()>> queue;
  bool closing = false;
  std::vector<std::thread> threads;

  void work() {
    std::unique_lock lock(mutex);
    while (true) {
      changed.wait(lock, [this] { return closing || !queue.empty(); });
      if (queue.empty()) return;
      std::function<void()> job = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      job();
      job = nullptr;  // its captures go now, not when the next job comes
      lock.lock();
    }
  }
};

Pool::Pool(std::size_t thread_count) : state_(std::make_unique<State>()) {
  GRANARY_ASSERT(thread_count > 0);
  for (std::size_t i = 0; i < thread_count; ++i) {
    state_->threads.emplace_back([state = state_.get()] { state->work(); });
  }
}

Pool::~Pool() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->closing = true;
  }
  state_->changed.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
}

void Pool::post(std::function<void()> work) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->queue.push_back(std::move(work));
  }
  state_->changed.notify_one();
}

std::size_t Pool::thread_count() const { return state_->threads.size(); }

namespace detail {

Task<> run_on(Pool& pool, std::function<void()> work) {
  const Executor executor = co_await asio::this_coro::executor;
  auto under_way = asio::use_service<WakeGuard>(executor.context()).under_way();
  auto start = [&pool, &work, executor, under_way](auto handler) {
    // std::function wants a copyable callable, and a handler only moves.
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    under_way->fetch_add(1, std::memory_order_relaxed);
    pool.post([&work, executor, under_way, shared = std::move(shared)]() mutable {
      work();
      asio::post(executor, [shared = std::move(shared)]() mutable { std::move (*shared)(); });
      under_way->fetch_sub(1, std::memory_order_release);
    });
  };
  asio::use_awaitable_t<Executor> token;
  co_await asio::async_initiate<asio::use_awaitable_t<Executor>, void()>(start, token);
}

void Completion::set() {
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    is_set_ = true;
    wake = std::move(wake_);
  }
  if (wake) wake();
}

bool Completion::is_set() const {
  const std::lock_guard lock(mutex_);
  return is_set_;
}

Task<> Completion::wait() {
  const Executor executor = co_await asio::this_coro::executor;
  auto under_way = asio::use_service<WakeGuard>(executor.context()).under_way();
  auto start = [this, executor, under_way](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    under_way->fetch_add(1, std::memory_order_relaxed);
    std::function<void()> wake = [executor, under_way, shared] {
      asio::post(executor, [shared] { std::move (*shared)(); });
      under_way->fetch_sub(1, std::memory_order_release);
    };
    {
      const std::lock_guard lock(mutex_);
      if (!is_set_) {
        wake_ = std::move(wake);
        return;
      }
    }
    wake();
  };
  asio::use_awaitable_t<Executor> token;
  co_await asio::async_initiate<asio::use_awaitable_t<Executor>, void()>(start, token);
}

Error error_of(const std::exception_ptr& failure) {
  std::string what = "unknown exception";
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    what = error.what();
  } catch (...) {
  }
  log::error("offloaded work threw", {{"what", what}});
  return Error{ErrorKind::Internal, "unexpected failure: " + what};
}

}  // namespace detail
}  // namespace granary::net
