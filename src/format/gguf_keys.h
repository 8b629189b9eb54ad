// The key-value part of a GGUF header.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace granary::format {

/// A cursor over the start of a file: it tells a file that ends too early from a start cut short.
class GgufReader {
 public:
  GgufReader(ByteView prefix, std::uint64_t file_size_bytes)
      : prefix_(prefix), file_size_bytes_(file_size_bytes) {}

  /// Errors, as for all below: Invalid past the end of the file, TooLarge past the prefix.
  Result<ByteView> take(std::uint64_t size_bytes);
  Result<std::uint32_t> u32();
  Result<std::uint64_t> u64();
  /// A length and as many bytes, of UTF-8 if `is_text`. Errors: Invalid over `size_bytes_max`.
  Result<std::string_view> string(std::uint64_t size_bytes_max, bool is_text);
  /// A count of records of at least `record_size_bytes` each. Errors: Invalid if they cannot fit.
  Result<std::uint64_t> count(std::uint64_t record_size_bytes);

  ByteView prefix() const { return prefix_; }
  std::uint64_t offset_bytes() const { return offset_bytes_; }
  std::uint64_t remaining_bytes() const { return file_size_bytes_ - offset_bytes_; }

 private:
  ByteView prefix_;
  std::uint64_t file_size_bytes_;
  std::uint64_t offset_bytes_ = 0;
};

enum class GgufType : std::uint32_t {
  U8,
  I8,
  U16,
  I16,
  U32,
  I32,
  F32,
  Bool,
  String,
  Array,
  U64,
  I64,
  F64
};

/// A value as it lies in the file.
struct GgufValue {
  GgufType type = GgufType::U8;
  ByteView bytes;  // of numbers and strings
  GgufType item_type = GgufType::U8;  // of an array, with the two below
  std::uint64_t item_count = 0;
  ByteView items;
};

/// The keys, which view into the prefix that they were read from.
class GgufKeys {
 public:
  /// Errors: as GgufReader's; Invalid for a key twice, empty or not of printable ASCII, an unknown
  /// type, an array of arrays, a bool other than 0 and 1.
  static Result<GgufKeys> read(GgufReader& reader, std::uint64_t count);

  const GgufValue* find(std::string_view key) const;
  /// The string at `key`; "" if there is none. Errors: Invalid if it is no string.
  Result<std::string_view> text(std::string_view key) const;
  /// The integer at `key`, of any width; nothing if there is none. Errors: Invalid if it is no
  /// integer, or negative.
  Result<std::optional<std::uint64_t>> number(std::string_view key) const;
  /// Item `index` of the array of strings at `key`; "" if there is none or it is not UTF-8.
  std::string_view item(std::string_view key, std::uint64_t index) const;

 private:
  std::vector<std::pair<std::string_view, GgufValue>> sorted_;
};

}  // namespace granary::format
