// Memory for the original bytes of blocks, used again once nobody reads it.
#pragma once

#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace granary::store {

/// Fresh memory of a block's size costs more than to read a coded block into it. Thread-safe; what
/// it gives may outlive it.
class BlockBuffers {
 public:
  /// Of `size_bytes`, with any content.
  std::shared_ptr<Bytes> take(std::size_t size_bytes) {
    auto bytes = state_->take();
    bytes->resize(size_bytes);
    Bytes* raw = bytes.release();
    return {raw, [state = state_](Bytes* used) { state->give_back(std::unique_ptr<Bytes>(used)); }};
  }

 private:
  static constexpr std::size_t kKeptMax = 32;

  struct State {
    std::mutex mutex;
    std::vector<std::unique_ptr<Bytes>> free;

    std::unique_ptr<Bytes> take() {
      const std::lock_guard lock(mutex);
      if (free.empty()) return std::make_unique<Bytes>();
      auto bytes = std::move(free.back());
      free.pop_back();
      return bytes;
    }
    void give_back(std::unique_ptr<Bytes> bytes) {
      const std::lock_guard lock(mutex);
      if (free.size() < kKeptMax) free.push_back(std::move(bytes));
    }
  };

  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace granary::store
