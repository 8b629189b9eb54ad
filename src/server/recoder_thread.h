// The thread on which the recoder works, at a bounded share of one core.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "service/recoder.h"

namespace granary::server {

class RecoderThread {
 public:
  /// `percent`: of one core that it may take; at 0 it only notes what the codecs hold. The recoder
  /// is borrowed. The destructor stops it within a block.
  RecoderThread(service::Recoder& recoder, unsigned percent);
  RecoderThread(const RecoderThread&) = delete;
  RecoderThread& operator=(const RecoderThread&) = delete;
  ~RecoderThread();

 private:
  void run();
  /// Until nothing is left to do. Errors: as Recoder's.
  Result<void> work();
  /// Waits as long as the share of the core asks. False: stop.
  bool keep_pace();
  /// False: stop.
  bool wait(std::chrono::nanoseconds time);

  service::Recoder& recoder_;
  unsigned percent_;
  std::chrono::steady_clock::time_point resumed_;
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace granary::server
