// Fuzzes Range headers and entity tag lists: a chosen part never leaves the file.
#include <cstdlib>

#include "base/bytes.h"
#include "net/byte_range.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace granary;
  if (size < 8) return 0;
  const std::uint64_t file_size_bytes = load_u64(reinterpret_cast<const std::byte*>(data));
  const std::string_view header(reinterpret_cast<const char*>(data) + 8, size - 8);
  const net::ChosenRange range = net::choose_range(header, file_size_bytes);
  if (range.offset_bytes > file_size_bytes) std::abort();
  if (range.size_bytes > file_size_bytes - range.offset_bytes) std::abort();
  if (range.kind == net::RangeKind::Part && range.size_bytes == 0) std::abort();
  static_cast<void>(net::names_etag(header, "\"abc\""));
  return 0;
}
