// The digest is the same whether a thread has made it or not.
#include "store/background_hasher.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace granary::store {
namespace {

Bytes bytes_of(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t at = 0; at < size; ++at) bytes[at] = static_cast<std::byte>(at * 31 + at / 255);
  return bytes;
}

TEST(BackgroundHasher, GivesTheDigestOfAllBytesInOrder) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, limits::kMiB, limits::kMiB + 1, 5 * limits::kMiB + 7}) {
    const Bytes bytes = bytes_of(size);
    for (const std::size_t step : {std::size_t{100'003}, limits::kMiB, size + 1}) {
      BackgroundHasher hasher;
      for (std::size_t at = 0; at < size; at += step) {
        hasher.update(ByteView(bytes).subspan(at, std::min(step, size - at)));
      }
      EXPECT_EQ(hasher.finish(), sha256_of(bytes)) << size << " by " << step;
    }
  }
}

TEST(BackgroundHasher, MayBeDroppedAtAnyTime) {
  const Bytes bytes = bytes_of(2 * limits::kMiB);
  BackgroundHasher unused;
  BackgroundHasher hasher;
  hasher.update(bytes);
}

}  // namespace
}  // namespace granary::store
