// SHA-256 on a thread of its own, so that bytes are read and decoded while others are hashed.
#pragma once

#include <cstddef>
#include <semaphore>
#include <thread>

#include "base/bytes.h"
#include "base/hasher.h"

namespace granary::store {

/// Used by one thread at a time. Few bytes are hashed at once, without a thread.
class BackgroundHasher {
 public:
  BackgroundHasher() = default;
  BackgroundHasher(const BackgroundHasher&) = delete;
  BackgroundHasher& operator=(const BackgroundHasher&) = delete;
  ~BackgroundHasher();

  /// `bytes` must stay until the next call of either function has returned.
  void update(ByteView bytes);
  /// The digest of all bytes. Once.
  Sha256 finish();

 private:
  void run();

  Sha256Hasher hasher_;
  std::size_t hashed_at_once_bytes_ = 0;
  std::thread thread_;
  std::binary_semaphore idle_{1};  // what was given before is hashed
  std::binary_semaphore given_{0};
  ByteView bytes_;
  bool is_over_ = false;
};

}  // namespace granary::store
