// Measuring codecs side by side: one line of a table for each, on one thread.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace granary::codec {

/// A way to code blocks, which it knows by their number.
struct Method {
  std::string name;
  /// The coded bytes, valid until the next call.
  std::function<ByteView(std::size_t block)> encode;
  /// What `encode` gave for this block, back to its bytes.
  std::function<void(std::size_t block, ByteView coded, std::span<std::byte> out)> decode;
};

class SpeedTable {
 public:
  /// Prints the head. Rows whose data does not begin with `only` are not wanted.
  explicit SpeedTable(std::string only);

  bool wants(std::string_view data) const { return data.starts_with(only_); }

  /// Codes and decodes all of `blocks` again and again, and prints the ratio and the speeds of the
  /// best passes, in GB (10^9 bytes) of original per second of CPU time. The output buffer is one
  /// and the same: with few blocks, all is in cache. Ends the program if other bytes come back.
  void add(std::string_view data, const Method& method, const std::vector<Bytes>& blocks);

 private:
  std::string only_;
};

}  // namespace granary::codec
