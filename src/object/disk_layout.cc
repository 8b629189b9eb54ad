// Names of objects on disk, and back.
#include "object/disk_layout.h"

#include <charconv>

namespace granary::object {

std::string DiskLayout::shard_name(unsigned index) {
  const std::byte digits[] = {static_cast<std::byte>(index)};
  return to_hex(digits);
}

std::string DiskLayout::path_of(const ObjectName& name) const {
  return shard(shard_of(name)) + "/" + name.hash.to_string() + "." +
         std::to_string(name.generation);
}

unsigned DiskLayout::shard_of(const ObjectName& name) {
  return static_cast<unsigned>(name.hash.bytes[7]);  // first in the string form
}

std::optional<ObjectName> DiskLayout::parse(std::string_view file_name) {
  constexpr std::size_t kHashDigits = 2 * XorbHash::kSizeBytes;
  if (file_name.size() < kHashDigits + 2 || file_name[kHashDigits] != '.') return std::nullopt;
  const auto hash = XorbHash::parse(file_name.substr(0, kHashDigits));
  if (!hash) return std::nullopt;
  ObjectName name{.hash = *hash};
  const char* end = file_name.data() + file_name.size();
  const auto [stop, error] =
      std::from_chars(file_name.data() + kHashDigits + 1, end, name.generation);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return name;
}

}  // namespace granary::object
