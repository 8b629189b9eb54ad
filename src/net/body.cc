// Gathering a small body into memory.
#include "net/body.h"

#include <algorithm>

#include "base/bytes.h"

namespace granary::net {

Task<Result<std::string>> Body::read_all(std::size_t size_bytes_max) {
  constexpr std::size_t kStepSizeBytes = 16 * 1024;
  const auto declared = size_bytes();
  if (declared.value_or(0) > size_bytes_max) {
    co_return fail(ErrorKind::TooLarge,
                   "the request's body is over " + std::to_string(size_bytes_max) + " bytes");
  }
  std::string text;
  std::size_t size = 0;
  while (true) {
    // Grows with what has come, not with what was announced; one byte more than the limit shows
    // excess.
    std::size_t room = std::min(std::max(kStepSizeBytes, size), size_bytes_max + 1 - size);
    if (declared) room = std::min<std::size_t>(room, *declared + 1);
    text.resize(size + room);
    const std::span<std::byte> free(reinterpret_cast<std::byte*>(text.data()) + size,
                                    text.size() - size);
    CO_TRY(const std::size_t got, co_await read(free));
    size += got;
    if (got == 0) break;
    if (size > size_bytes_max) {
      co_return fail(ErrorKind::TooLarge,
                     "the request's body is over " + std::to_string(size_bytes_max) + " bytes");
    }
  }
  text.resize(size);
  co_return text;
}

}  // namespace granary::net
