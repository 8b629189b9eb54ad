// A fixed buffer at an address that direct I/O takes.
#pragma once

#include <cstdlib>
#include <memory>
#include <span>

#include "base/bytes.h"
#include "base/result.h"

namespace granary::store {

/// Uninitialised memory; pages that are never touched cost nothing.
class AlignedBuffer {
 public:
  static constexpr std::size_t kAlignment = 4096;

  /// `size_bytes`: a multiple of kAlignment.
  explicit AlignedBuffer(std::size_t size_bytes)
      : bytes_(static_cast<std::byte*>(std::aligned_alloc(kAlignment, size_bytes))),
        size_bytes_(size_bytes) {
    GRANARY_ASSERT(bytes_ != nullptr && size_bytes % kAlignment == 0);
  }
  std::byte* data() { return bytes_.get(); }
  std::size_t size() const { return size_bytes_; }
  std::span<std::byte> span() { return {bytes_.get(), size_bytes_}; }
  ByteView view(std::size_t offset, std::size_t count) const {
    return ByteView(bytes_.get(), size_bytes_).subspan(offset, count);
  }

 private:
  struct Free {
    void operator()(std::byte* bytes) const { std::free(bytes); }
  };
  std::unique_ptr<std::byte, Free> bytes_;
  std::size_t size_bytes_;
};

}  // namespace granary::store
