// Pool, offload, task groups and time-outs.
#include "net/task.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>

#include "net/block_on.h"
#include "net/pool.h"
#include "net/task_group.h"
#include "net/timeout.h"

namespace granary::net {
namespace {

using namespace std::chrono_literals;

Task<std::pair<std::thread::id, std::thread::id>> where_work_runs(Pool& pool) {
  auto work = [] { return std::this_thread::get_id(); };
  const auto there = co_await offload(pool, work);
  co_return std::pair(there, std::this_thread::get_id());
}

TEST(Offload, RunsWorkElsewhereAndComesBack) {
  Pool pool(2);
  const auto [there, here] = block_on(where_work_runs(pool));
  EXPECT_NE(there, std::this_thread::get_id());
  EXPECT_EQ(here, std::this_thread::get_id());
}

Task<Result<int>> offload_result(Pool& pool, bool throws) {
  auto work = [throws]() -> Result<int> {
    if (throws) throw std::runtime_error("no disk");
    return 7;
  };
  co_return co_await offload(pool, work);
}

Task<int> offload_plain(Pool& pool) {
  auto work = []() -> int { throw std::runtime_error("no disk"); };
  co_return co_await offload(pool, work);
}

TEST(Offload, TurnsAnExceptionIntoInternalOrPassesItOn) {
  Pool pool(1);
  EXPECT_EQ(*block_on(offload_result(pool, false)), 7);
  const auto failed = block_on(offload_result(pool, true));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::Internal);
  EXPECT_NE(failed.error().message.find("no disk"), std::string::npos);
  EXPECT_THROW(block_on(offload_plain(pool)), std::runtime_error);
}

Task<Result<int>> take_started(Pool& pool, std::chrono::milliseconds work, bool throws,
                               std::chrono::milliseconds pause) {
  Started<Result<int>> started(pool, [work, throws]() -> Result<int> {
    std::this_thread::sleep_for(work);
    if (throws) throw std::runtime_error("no disk");
    return 7;
  });
  std::this_thread::sleep_for(pause);
  co_return co_await started.take();
}

TEST(Started, IsTakenBeforeOrAfterItHasEnded) {
  using std::chrono::milliseconds;
  Pool pool(2);
  EXPECT_EQ(*block_on(take_started(pool, milliseconds(20), false, {})), 7);
  EXPECT_EQ(*block_on(take_started(pool, {}, false, milliseconds(20))), 7);
  for (int i = 0; i < 200; ++i) EXPECT_EQ(*block_on(take_started(pool, {}, false, {})), 7);
  const auto failed = block_on(take_started(pool, {}, true, {}));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().kind, ErrorKind::Internal);
}

TEST(Started, RunsToItsEndIfNobodyTakesIt) {
  std::atomic<bool> ended = false;
  {
    Pool pool(1);
    Started<Result<int>>(pool, [&ended]() -> Result<int> {
      ended = true;
      return 1;
    });
  }
  EXPECT_TRUE(ended);
}

Task<> add_one(Pool& pool, std::atomic<int>& sum) {
  auto work = [&sum] { ++sum; };
  co_await offload(pool, work);
}

Task<> add_many(Pool& pool, std::atomic<int>& sum, int count) {
  const Executor executor = co_await current_executor();
  TaskGroup group(executor);
  for (int i = 0; i < count; ++i) group.spawn(add_one(pool, sum));
  EXPECT_EQ(group.count(), static_cast<std::size_t>(count));
  co_await group.join();
  EXPECT_EQ(group.count(), 0U);
}

TEST(TaskGroup, JoinsEverythingItStarted) {
  Pool pool(4);
  std::atomic<int> sum = 0;
  block_on(add_many(pool, sum, 1000));
  EXPECT_EQ(sum, 1000);
}

Task<Result<void>> give_error() { co_return fail(ErrorKind::Internal, "went wrong"); }
Task<> give_exception() {
  co_await yield();
  throw std::runtime_error("went very wrong");
}
Task<> sleep_long() { co_await sleep_for(1h); }

Task<std::size_t> count_failures() {
  const Executor executor = co_await current_executor();
  TaskGroup group(executor);
  group.spawn(give_error());
  group.spawn(give_exception());
  group.spawn(sleep_long());
  co_await yield();
  co_await yield();
  co_await yield();
  group.cancel();
  co_await group.join();
  co_return group.failed_count();
}

TEST(TaskGroup, CountsFailuresButNotCancellations) { EXPECT_EQ(block_on(count_failures()), 2U); }

Task<Result<int>> answer_after(std::chrono::nanoseconds time) {
  co_await sleep_for(time);
  co_return 42;
}

Task<Result<int>> answer_within(std::chrono::nanoseconds time, std::chrono::nanoseconds limit) {
  auto work = answer_after(time);
  co_return co_await with_timeout(limit, std::move(work));
}

Task<Result<int>> throw_within(std::chrono::nanoseconds limit) {
  auto work = []() -> Task<Result<int>> { throw std::runtime_error("early"); };
  auto task = work();
  co_return co_await with_timeout(limit, std::move(task));
}

TEST(Timeout, GivesTheAnswerOrUnavailable) {
  EXPECT_EQ(*block_on(answer_within(0ns, 1h)), 42);
  const auto late = block_on(answer_within(1h, 1ms));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::Unavailable);
  EXPECT_THROW((void)block_on(throw_within(1h)), std::runtime_error);
}

Task<Result<int>> slow_work(Pool& pool) {
  auto work = []() -> Result<int> {
    std::this_thread::sleep_for(20ms);
    return 9;
  };
  co_return co_await offload(pool, work);
}

Task<Result<int>> slow_work_within(Pool& pool, std::chrono::nanoseconds limit) {
  auto work = slow_work(pool);
  co_return co_await with_timeout(limit, std::move(work));
}

TEST(Timeout, DoesNotDenyWorkThatCouldNotBeStopped) {
  Pool pool(1);
  const auto result = block_on(slow_work_within(pool, 1ms));
  ASSERT_TRUE(result);
  EXPECT_EQ(*result, 9);
}

}  // namespace
}  // namespace granary::net
