// Two semaphores hand the bytes over and back.
#include "store/background_hasher.h"

#include "base/limits.h"

namespace granary::store {
namespace {

constexpr std::size_t kAtOnceSizeBytes = limits::kMiB;

}  // namespace

BackgroundHasher::~BackgroundHasher() {
  if (!thread_.joinable()) return;
  idle_.acquire();
  is_over_ = true;
  given_.release();
  thread_.join();
}

void BackgroundHasher::update(ByteView bytes) {
  idle_.acquire();
  if (!thread_.joinable()) {
    if (hashed_at_once_bytes_ + bytes.size() <= kAtOnceSizeBytes) {
      hasher_.update(bytes);
      hashed_at_once_bytes_ += bytes.size();
      idle_.release();
      return;
    }
    thread_ = std::thread([this] { run(); });
  }
  bytes_ = bytes;
  given_.release();
}

Sha256 BackgroundHasher::finish() {
  idle_.acquire();
  const Sha256 digest = hasher_.finish();
  idle_.release();
  return digest;
}

void BackgroundHasher::run() {
  while (true) {
    given_.acquire();
    if (is_over_) return;
    hasher_.update(bytes_);
    idle_.release();
  }
}

}  // namespace granary::store
