// The seeded mixing of digests for hash tables.
#include "base/digest.h"

#include <random>

namespace granary {

std::size_t DigestHasher::mix(std::uint64_t a, std::uint64_t b) {
  static const std::uint64_t seed = [] {
    std::random_device device;
    return std::uint64_t{device()} << 32 | device();
  }();
  const auto product = static_cast<unsigned __int128>(a ^ seed) * (b ^ 0x9E3779B97F4A7C15ULL);
  return static_cast<std::size_t>(product >> 64) ^ static_cast<std::size_t>(product);
}

}  // namespace granary
