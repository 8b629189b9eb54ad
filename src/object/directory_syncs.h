// Syncs of folders shared between threads: one fsync serves all who changed the folder before it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>

#include "base/env.h"

namespace granary::object {

/// One folder's syncs. Thread-safe.
class DirectorySyncs {
 public:
  /// Returns when a sync that began after this call has ended well. Errors: those of the sync; once
  /// one has failed, always Unavailable, since later ones cannot be believed.
  Result<void> sync(FileSystem& files, const std::string& path);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t asked_ = 0;   // tickets given
  std::uint64_t synced_ = 0;  // tickets served
  bool running_ = false;
  bool failed_ = false;
};

}  // namespace granary::object
