// What coding a block takes: the kernels, and scratches shared by threads, as many as are in use.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "codec/kernels.h"
#include "codec/scratch.h"

namespace granary::codec {

/// Thread-safe. Outlives what it lends.
class ScratchPool {
 public:
  explicit ScratchPool(const Kernels& kernels) : kernels_(kernels) {}

  const Kernels& kernels() const { return kernels_; }

  struct Return {
    ScratchPool* pool;
    void operator()(Scratch* scratch) const { pool->give_back(std::unique_ptr<Scratch>(scratch)); }
  };
  using Lent = std::unique_ptr<Scratch, Return>;

  /// A scratch for one thread, back in the pool at the end of its life.
  Lent lend() {
    const std::scoped_lock lock(mutex_);
    if (free_.empty()) return Lent(new Scratch, Return{this});
    Scratch* scratch = free_.back().release();
    free_.pop_back();
    return {scratch, Return{this}};
  }

 private:
  static constexpr std::size_t kKeptMax = 16;

  void give_back(std::unique_ptr<Scratch> scratch) {
    const std::scoped_lock lock(mutex_);
    if (free_.size() < kKeptMax) free_.push_back(std::move(scratch));
  }

  const Kernels& kernels_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Scratch>> free_;
};

}  // namespace granary::codec
