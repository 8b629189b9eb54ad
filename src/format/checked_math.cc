// Arithmetic on sizes that come from files.
#include "format/checked_math.h"

namespace granary::format {

Result<std::uint64_t> checked_add(std::uint64_t a, std::uint64_t b) {
  std::uint64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return fail(ErrorKind::Invalid, "a size overflows");
  return sum;
}

Result<std::uint64_t> checked_multiply(std::uint64_t a, std::uint64_t b) {
  std::uint64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) return fail(ErrorKind::Invalid, "a size overflows");
  return product;
}

Result<std::uint64_t> element_count(std::span<const std::uint64_t> shape) {
  std::uint64_t count = 1;
  for (std::uint64_t extent : shape) {
    TRY(count, checked_multiply(count, extent));
  }
  return count;
}

}  // namespace granary::format
