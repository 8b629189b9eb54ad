// Works, pauses in proportion, and looks for new xorbs every few seconds.
#include "server/recoder_thread.h"

#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"

namespace granary::server {
namespace {

constexpr std::chrono::seconds kLookTime{2};
constexpr std::chrono::seconds kRetryTime{60};  // after a full disk or a failed sync
constexpr int kNice = 10;                       // whoever serves a request goes first

}  // namespace

RecoderThread::RecoderThread(service::Recoder& recoder, unsigned percent)
    : recoder_(recoder), percent_(percent), thread_([this] { run(); }) {}

RecoderThread::~RecoderThread() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_all();
  thread_.join();
}

void RecoderThread::run() {
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
  std::chrono::seconds pause{0};
  while (wait(pause)) {
    const auto done = work();
    pause = done ? kLookTime : kRetryTime;
    const std::lock_guard lock(mutex_);
    if (!done && !stopping_) log::warn("recoder pauses", {{"why", done.error().message}});
  }
}

Result<void> RecoderThread::work() {
  TRY_DONE(recoder_.clean());
  TRY_DONE(recoder_.look_again());
  resumed_ = std::chrono::steady_clock::now();
  while (true) {
    TRY(const bool more,
        recoder_.step({.look_only = percent_ == 0, .may_go_on = [this] { return keep_pace(); }}));
    if (!more) return recoder_.clean();
    if (!keep_pace()) return {};
  }
}

bool RecoderThread::keep_pace() {
  const auto worked = std::chrono::steady_clock::now() - resumed_;
  const bool go_on = percent_ == 0 ? wait({}) : wait(worked * (100 - percent_) / percent_);
  resumed_ = std::chrono::steady_clock::now();
  return go_on;
}

bool RecoderThread::wait(std::chrono::nanoseconds time) {
  std::unique_lock lock(mutex_);
  return !stopped_.wait_for(lock, time, [this] { return stopping_; });
}

}  // namespace granary::server
