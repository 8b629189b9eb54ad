// A random prefix for the thread, then a count that is mixed so that ids look unlike.
#include "net/request_ids.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"

namespace granary::net {

bool is_request_id(std::string_view text) {
  constexpr std::size_t kSizeMax = 128;
  constexpr std::string_view kMarks = "-._=:;/+";
  return !text.empty() && text.size() <= kSizeMax &&
         std::all_of(text.begin(), text.end(), [kMarks](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  kMarks.find(c) != std::string_view::npos;
         });
}

RequestIds::RequestIds(Random& random) {
  std::array<std::byte, 8> bytes;
  random.fill(bytes);
  prefix_ = load_u64(bytes.data());
}

std::string RequestIds::next() {
  constexpr std::uint32_t kOdd = 2654435761;  // multiplying by an odd number repeats no value
  constexpr std::string_view kDigits = "0123456789abcdef";
  if (++count_ == 0) ++prefix_;
  const std::uint32_t mixed = count_ * kOdd;
  std::string id(24, '0');
  for (std::size_t i = 0; i < 16; ++i) id[i] = kDigits[prefix_ >> (60 - 4 * i) & 15];
  for (std::size_t i = 0; i < 8; ++i) id[16 + i] = kDigits[mixed >> (28 - 4 * i) & 15];
  return id;
}

}  // namespace granary::net
