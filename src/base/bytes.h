// Bytes and views of bytes, hex, and bounds-checked little-endian reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace granary {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Lower-case hex of `bytes`.
std::string to_hex(ByteView bytes);
/// Errors: Invalid unless `hex` is 2 * out.size() hex digits of either case.
Result<void> parse_hex(std::string_view hex, std::span<std::byte> out);

/// Standard base64 with padding, and its inverse. Errors: Invalid.
std::string to_base64(ByteView bytes);
Result<Bytes> parse_base64(std::string_view text);

/// A cursor over untrusted bytes: each read is checked against what remains. Little-endian.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : bytes_(bytes) {}
  std::size_t remaining() const { return bytes_.size() - offset_; }
  std::size_t offset_bytes() const { return offset_; }
  /// Errors (all reads): Invalid when fewer bytes remain than are asked for.
  Result<std::uint8_t> u8();
  Result<std::uint16_t> u16();
  Result<std::uint32_t> u32();
  Result<std::uint64_t> u64();
  Result<ByteView> take(std::uint64_t size_bytes);

 private:
  ByteView bytes_;
  std::size_t offset_ = 0;
};

/// Appends `value` little-endian.
void put_u8(Bytes& out, std::uint8_t value);
void put_u16(Bytes& out, std::uint16_t value);
void put_u32(Bytes& out, std::uint32_t value);
void put_u64(Bytes& out, std::uint64_t value);
void put_bytes(Bytes& out, ByteView value);

/// Unchecked little-endian loads for hot loops; the caller has checked the length.
std::uint32_t load_u32(const std::byte* at);
std::uint64_t load_u64(const std::byte* at);

}  // namespace granary
