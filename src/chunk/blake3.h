// BLAKE3 in keyed mode: the one place that knows the BLAKE3 library.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/bytes.h"

namespace granary::chunk {

using Blake3Key = std::array<std::uint8_t, 32>;
using Blake3Hash = std::array<std::byte, 32>;

/// The keyed hash of `bytes`. The key is public: it separates domains, it keeps no secret.
Blake3Hash blake3_keyed(const Blake3Key& key, ByteView bytes);

/// The same over bytes that come in pieces. By one thread at a time.
class Blake3Hasher {
 public:
  explicit Blake3Hasher(const Blake3Key& key);
  ~Blake3Hasher();
  Blake3Hasher(Blake3Hasher&&) noexcept;
  Blake3Hasher& operator=(Blake3Hasher&&) noexcept;

  void update(ByteView bytes);
  /// The hash of all bytes so far; the hasher starts afresh with the same key.
  Blake3Hash finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace granary::chunk
