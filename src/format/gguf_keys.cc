// The key-value part of a GGUF header: every count is checked against the bytes that are left.
#include "format/gguf_keys.h"

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "format/checked_math.h"
#include "format/utf8.h"

namespace granary::format {
namespace {

constexpr std::size_t kLengthSizeBytes = 8;
constexpr std::uint32_t kTypeCount = 13;

// By GgufType; 0 where the size depends on the value.
constexpr std::array<std::uint64_t, kTypeCount> kSizes = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

std::uint64_t size_of(GgufType type) { return kSizes[static_cast<std::uint32_t>(type)]; }

Result<GgufType> read_type(GgufReader& reader) {
  TRY(const auto number, reader.u32());
  if (number >= kTypeCount) return fail(ErrorKind::Invalid, "an unknown type of value");
  return static_cast<GgufType>(number);
}

Result<std::string_view> read_key(GgufReader& reader) {
  TRY(const auto key, reader.string(limits::kGgufKeySizeBytesMax, true));
  const auto is_plain = [](char letter) { return letter > ' ' && letter <= '~'; };
  if (key.empty() || !std::ranges::all_of(key, is_plain))
    return fail(ErrorKind::Invalid, "a key that is empty or not plain");
  return key;
}

Result<void> check_bools(GgufType type, ByteView bytes) {
  if (type != GgufType::Bool) return {};
  const auto is_bool = [](std::byte byte) { return byte <= std::byte{1}; };
  if (!std::ranges::all_of(bytes, is_bool)) return fail(ErrorKind::Invalid, "a bool of neither");
  return {};
}

Result<GgufValue> read_array(GgufReader& reader) {
  GgufValue value{.type = GgufType::Array};
  TRY(value.item_type, read_type(reader));
  if (value.item_type == GgufType::Array) return fail(ErrorKind::Invalid, "an array of arrays");
  const bool is_strings = value.item_type == GgufType::String;
  TRY(value.item_count, reader.count(is_strings ? kLengthSizeBytes : size_of(value.item_type)));
  if (!is_strings) {
    TRY(value.items, reader.take(value.item_count * size_of(value.item_type)));
    TRY_DONE(check_bools(value.item_type, value.items));
    return value;
  }
  const std::uint64_t start = reader.offset_bytes();
  for (std::uint64_t i = 0; i < value.item_count; ++i) {
    TRY_DONE(reader.string(limits::kGgufStringSizeBytesMax, false));
  }
  value.items = reader.prefix().subspan(start, reader.offset_bytes() - start);
  return value;
}

Result<GgufValue> read_value(GgufReader& reader) {
  TRY(const auto type, read_type(reader));
  if (type == GgufType::Array) return read_array(reader);
  GgufValue value{.type = type};
  if (type == GgufType::String) {
    TRY(const auto text, reader.string(limits::kGgufStringSizeBytesMax, true));
    value.bytes = as_bytes(text);
    return value;
  }
  TRY(value.bytes, reader.take(size_of(type)));
  TRY_DONE(check_bools(type, value.bytes));
  return value;
}

}  // namespace

Result<ByteView> GgufReader::take(std::uint64_t size_bytes) {
  if (size_bytes > remaining_bytes())
    return fail(ErrorKind::Invalid, "a GGUF file that ends in its header");
  if (size_bytes > prefix_.size() - offset_bytes_)
    return fail(ErrorKind::TooLarge, "a GGUF header that goes on after the bytes given");
  const ByteView bytes = prefix_.subspan(offset_bytes_, size_bytes);
  offset_bytes_ += size_bytes;
  return bytes;
}

Result<std::uint32_t> GgufReader::u32() {
  TRY(const auto bytes, take(4));
  return load_u32(bytes.data());
}

Result<std::uint64_t> GgufReader::u64() {
  TRY(const auto bytes, take(8));
  return load_u64(bytes.data());
}

Result<std::string_view> GgufReader::string(std::uint64_t size_bytes_max, bool is_text) {
  TRY(const auto size_bytes, u64());
  if (size_bytes > size_bytes_max) return fail(ErrorKind::Invalid, "a string over its limit");
  TRY(const auto bytes, take(size_bytes));
  if (is_text && !is_utf8(as_text(bytes))) return fail(ErrorKind::Invalid, "text not in UTF-8");
  return as_text(bytes);
}

Result<std::uint64_t> GgufReader::count(std::uint64_t record_size_bytes) {
  TRY(const auto records, u64());
  if (records > remaining_bytes() / record_size_bytes)
    return fail(ErrorKind::Invalid, "more records than the file has room for");
  return records;
}

Result<GgufKeys> GgufKeys::read(GgufReader& reader, std::uint64_t count) {
  GgufKeys keys;
  for (std::uint64_t i = 0; i < count; ++i) {
    TRY(const auto key, read_key(reader));
    auto value = read_value(reader);
    if (!value) return tl::unexpected(std::move(value).error().during("key " + std::string(key)));
    keys.sorted_.emplace_back(key, *value);
  }
  const auto by_key = [](const auto& a, const auto& b) { return a.first < b.first; };
  std::ranges::sort(keys.sorted_, by_key);
  const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
  if (std::ranges::adjacent_find(keys.sorted_, same) != keys.sorted_.end())
    return fail(ErrorKind::Invalid, "a key twice");
  return keys;
}

const GgufValue* GgufKeys::find(std::string_view key) const {
  const auto at =
      std::ranges::lower_bound(sorted_, key, {}, [](const auto& row) { return row.first; });
  return at != sorted_.end() && at->first == key ? &at->second : nullptr;
}

Result<std::string_view> GgufKeys::text(std::string_view key) const {
  const GgufValue* value = find(key);
  if (value == nullptr) return std::string_view();
  if (value->type != GgufType::String)
    return fail(ErrorKind::Invalid, std::string(key) + " is not a string");
  return as_text(value->bytes);
}

Result<std::optional<std::uint64_t>> GgufKeys::number(std::string_view key) const {
  const GgufValue* value = find(key);
  if (value == nullptr) return std::optional<std::uint64_t>();
  const GgufType type = value->type;
  const bool is_signed = type == GgufType::I8 || type == GgufType::I16 || type == GgufType::I32 ||
                         type == GgufType::I64;
  const bool is_unsigned = type == GgufType::U8 || type == GgufType::U16 || type == GgufType::U32 ||
                           type == GgufType::U64;
  if (!is_signed && !is_unsigned)
    return fail(ErrorKind::Invalid, std::string(key) + " is not an integer");
  if (is_signed && (value->bytes.back() & std::byte{0x80}) != std::byte{0})
    return fail(ErrorKind::Invalid, std::string(key) + " is negative");
  std::uint64_t number = 0;
  for (std::size_t i = value->bytes.size(); i-- > 0;)
    number = number << 8 | static_cast<std::uint8_t>(value->bytes[i]);
  return std::optional(number);
}

std::string_view GgufKeys::item(std::string_view key, std::uint64_t index) const {
  const GgufValue* value = find(key);
  if (value == nullptr || value->type != GgufType::Array) return {};
  if (value->item_type != GgufType::String || index >= value->item_count) return {};
  std::uint64_t offset = 0;
  for (std::uint64_t i = 0; i < index; ++i)
    offset += kLengthSizeBytes + load_u64(value->items.data() + offset);
  const std::uint64_t size_bytes = load_u64(value->items.data() + offset);
  const auto text = as_text(value->items.subspan(offset + kLengthSizeBytes, size_bytes));
  return is_utf8(text) ? text : std::string_view();
}

}  // namespace granary::format
