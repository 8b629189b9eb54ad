// The opaque text that says where the next page of a listing begins.
//
// Bytes: version 1, sort, then value and id as u64 little-endian, or for RepoSort::Id the name.
#include "meta/cursor.h"

#include "base/limits.h"

namespace granary::meta {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kCursorSizeBytesMax = 2 * limits::kPathSizeBytesMax;

}  // namespace

std::string format_cursor(const ListCursor& cursor) {
  Bytes bytes;
  put_u8(bytes, kVersion);
  put_u8(bytes, static_cast<std::uint8_t>(cursor.sort));
  if (cursor.sort == RepoSort::Id) {
    put_bytes(bytes, as_bytes(cursor.folded));
  } else {
    put_u64(bytes, static_cast<std::uint64_t>(cursor.value));
    put_u64(bytes, static_cast<std::uint64_t>(cursor.id));
  }
  return to_hex(bytes);
}

Result<ListCursor> parse_cursor(std::string_view text, RepoSort sort) {
  const auto hostile = fail(ErrorKind::Invalid, "not a cursor of this listing");
  if (text.size() > kCursorSizeBytesMax) return hostile;
  Bytes bytes(text.size() / 2);
  if (!parse_hex(text, bytes)) return hostile;
  ByteReader reader(bytes);
  ListCursor cursor{.sort = sort, .folded = {}};
  const auto version = reader.u8();
  const auto given_sort = reader.u8();
  if (!version || *version != kVersion) return hostile;
  if (!given_sort || *given_sort != static_cast<std::uint8_t>(sort)) return hostile;
  if (sort == RepoSort::Id) {
    TRY(const ByteView name, reader.take(reader.remaining()));
    cursor.folded = as_text(name);
  } else {
    const auto value = reader.u64();
    const auto id = reader.u64();
    if (!value || !id || reader.remaining() != 0) return hostile;
    cursor.value = static_cast<std::int64_t>(*value);
    cursor.id = static_cast<std::int64_t>(*id);
  }
  if (format_cursor(cursor) != text) return hostile;  // hex in upper case
  return cursor;
}

}  // namespace granary::meta
