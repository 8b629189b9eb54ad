// Spawned tasks in a list, each with its own cancellation signal.
#include "net/task_group.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <list>
#include <optional>
#include <utility>

#include "base/log.h"

namespace granary::net {

namespace asio = boost::asio;

namespace {

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, Executor>;

/// What to log about an exception; nullopt if it only says that the task was cancelled.
std::optional<std::string> description_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) return std::nullopt;
    return error.what();
  } catch (const std::exception& error) {
    return error.what();
  } catch (...) {
    return "unknown exception";
  }
}

Task<> run_and_report(Task<Result<void>> task, std::size_t& failed_count) {
  auto outcome = co_await std::move(task);
  if (outcome) co_return;
  ++failed_count;
  log::warn("task failed",
            {{"kind", name_of(outcome.error().kind)}, {"error", outcome.error().message}});
}

}  // namespace

struct TaskGroup::State {
  explicit State(Executor executor_) : executor(executor_), emptied(executor_) {}

  Executor executor;
  std::list<asio::cancellation_signal> signals;  // one for each running task
  std::size_t failed_count = 0;
  Timer emptied;  // never expires; cancelled to wake whoever joins

  void finished(std::list<asio::cancellation_signal>::iterator signal,
                const std::exception_ptr& thrown) {
    signals.erase(signal);
    if (thrown) {
      if (const auto what = description_of(thrown)) {
        ++failed_count;
        log::error("task threw", {{"what", *what}});
      }
    }
    if (signals.empty()) emptied.cancel();
  }
};

TaskGroup::TaskGroup(Executor executor) : state_(std::make_shared<State>(executor)) {}

TaskGroup::~TaskGroup() = default;

void TaskGroup::spawn(Task<> task) {
  const auto signal = state_->signals.emplace(state_->signals.end());
  auto done = [state = state_, signal](const std::exception_ptr& thrown) {
    state->finished(signal, thrown);
  };
  asio::co_spawn(state_->executor, std::move(task),
                 asio::bind_cancellation_slot(signal->slot(), std::move(done)));
}

void TaskGroup::spawn(Task<Result<void>> task) {
  spawn(run_and_report(std::move(task), state_->failed_count));
}

void TaskGroup::cancel() {
  // A cancelled task may end at once and take its signal out of the list.
  for (auto signal = state_->signals.begin(); signal != state_->signals.end();) {
    auto current = signal++;
    current->emit(asio::cancellation_type::terminal);
  }
}

Task<> TaskGroup::join() {
  const std::shared_ptr<State> state = state_;
  while (!state->signals.empty()) {
    state->emptied.expires_at(Timer::time_point::max());
    co_await state->emptied.async_wait(asio::as_tuple(asio::use_awaitable_t<Executor>()));
  }
}

std::size_t TaskGroup::count() const { return state_->signals.size(); }
std::size_t TaskGroup::failed_count() const { return state_->failed_count; }

}  // namespace granary::net
