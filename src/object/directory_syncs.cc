// Group commit of folder syncs, by tickets.
#include "object/directory_syncs.h"

namespace granary::object {

Result<void> DirectorySyncs::sync(FileSystem& files, const std::string& path) {
  std::unique_lock lock(mutex_);
  const std::uint64_t ticket = ++asked_;
  while (synced_ < ticket) {
    if (failed_) return fail(ErrorKind::Unavailable, "an earlier sync of " + path + " failed");
    if (running_) {
      changed_.wait(lock);
      continue;
    }
    running_ = true;
    const std::uint64_t serves = asked_;
    lock.unlock();
    const Result<void> done = files.sync_directory(path);
    lock.lock();
    running_ = false;
    if (done) synced_ = serves;
    else failed_ = true;
    changed_.notify_all();
    if (!done) return done;
  }
  return {};
}

}  // namespace granary::object
