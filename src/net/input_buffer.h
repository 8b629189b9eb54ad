// InputBuffer: bytes that a connection has received and nobody has read yet.
#pragma once

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace granary::net {

/// Consuming moves a start mark, so that many short requests in one packet cost no copies.
class InputBuffer {
 public:
  std::string_view view() const { return std::string_view(bytes_).substr(start_); }
  bool empty() const { return start_ == bytes_.size(); }
  void append(std::string_view bytes) {
    if (empty()) clear();
    bytes_.append(bytes);
  }
  void consume(std::size_t size_bytes) { start_ += size_bytes; }
  /// Moves what fits into `out`; gives how much.
  std::size_t take(std::span<std::byte> out) {
    const std::size_t count = std::min(out.size(), view().size());
    std::memcpy(out.data(), view().data(), count);
    consume(count);
    return count;
  }
  /// Gives the memory back. An idle connection holds none.
  void release() { std::string().swap(bytes_), start_ = 0; }

 private:
  void clear() {
    bytes_.clear();
    start_ = 0;
  }

  std::string bytes_;
  std::size_t start_ = 0;
};

}  // namespace granary::net
