// Hex, base64 and little-endian reads and writes.
#include "base/bytes.h"

#include <array>
#include <bit>
#include <cstring>

namespace granary {
namespace {

static_assert(std::endian::native == std::endian::little, "loads below copy bytes as they lie");

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

template <class T>
Result<T> read_little_endian(ByteReader& reader) {
  TRY(ByteView bytes, reader.take(sizeof(T)));
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

template <class T>
void put_little_endian(Bytes& out, T value) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&value);
  out.insert(out.end(), bytes, bytes + sizeof value);
}

constexpr std::array<std::int8_t, 256> make_base64_values() {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < kBase64Digits.size(); ++i) {
    values[static_cast<unsigned char>(kBase64Digits[i])] = static_cast<std::int8_t>(i);
  }
  return values;
}
constexpr auto kBase64Values = make_base64_values();

}  // namespace

std::string to_hex(ByteView bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (std::byte byte : bytes) {
    text.push_back(kHexDigits[static_cast<std::size_t>(byte >> 4)]);
    text.push_back(kHexDigits[static_cast<std::size_t>(byte & std::byte{15})]);
  }
  return text;
}

Result<void> parse_hex(std::string_view hex, std::span<std::byte> out) {
  if (hex.size() != out.size() * 2) {
    return fail(ErrorKind::Invalid, "expected " + std::to_string(out.size() * 2) + " hex digits");
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = hex_value(hex[2 * i]);
    const int low = hex_value(hex[2 * i + 1]);
    if (high < 0 || low < 0) return fail(ErrorKind::Invalid, "not a hex digit");
    out[i] = static_cast<std::byte>(high << 4 | low);
  }
  return {};
}

std::string to_base64(ByteView bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < count ? static_cast<std::uint32_t>(bytes[i + k]) : 0);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text.push_back(k <= count ? kBase64Digits[group >> (18 - 6 * k) & 63] : '=');
    }
  }
  return text;
}

Result<Bytes> parse_base64(std::string_view text) {
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  if (text.size() % 4 == 1) return fail(ErrorKind::Invalid, "base64 of an impossible length");
  Bytes out;
  out.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t group = 0;
  int bits = 0;
  for (char digit : text) {
    const int value = kBase64Values[static_cast<unsigned char>(digit)];
    if (value < 0) return fail(ErrorKind::Invalid, "not a base64 digit");
    group = group << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out.push_back(static_cast<std::byte>(group >> bits & 255));
    }
  }
  return out;
}

Result<ByteView> ByteReader::take(std::uint64_t size_bytes) {
  if (size_bytes > remaining()) return fail(ErrorKind::Invalid, "cut short");
  const ByteView taken = bytes_.subspan(offset_, static_cast<std::size_t>(size_bytes));
  offset_ += taken.size();
  return taken;
}
Result<std::uint8_t> ByteReader::u8() { return read_little_endian<std::uint8_t>(*this); }
Result<std::uint16_t> ByteReader::u16() { return read_little_endian<std::uint16_t>(*this); }
Result<std::uint32_t> ByteReader::u32() { return read_little_endian<std::uint32_t>(*this); }
Result<std::uint64_t> ByteReader::u64() { return read_little_endian<std::uint64_t>(*this); }

void put_u8(Bytes& out, std::uint8_t value) { out.push_back(std::byte{value}); }
void put_u16(Bytes& out, std::uint16_t value) { put_little_endian(out, value); }
void put_u32(Bytes& out, std::uint32_t value) { put_little_endian(out, value); }
void put_u64(Bytes& out, std::uint64_t value) { put_little_endian(out, value); }
void put_bytes(Bytes& out, ByteView value) { out.insert(out.end(), value.begin(), value.end()); }

std::uint32_t load_u32(const std::byte* at) {
  std::uint32_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}
std::uint64_t load_u64(const std::byte* at) {
  std::uint64_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

}  // namespace granary
