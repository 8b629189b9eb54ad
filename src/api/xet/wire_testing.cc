// The builders, each written as plainly as the format is described.
#include "api/xet/wire_testing.h"

#include <bit>
#include <random>

#include "base/result.h"

namespace granary::api::xet::testing {

Bytes bytes_of(std::string_view text) { return {as_bytes(text).begin(), as_bytes(text).end()}; }

Bytes from_hex(std::string_view hex) {
  std::string digits;
  for (const char c : hex) {
    if (c != ' ' && c != '\n') digits += c;
  }
  Bytes bytes(digits.size() / 2);
  GRANARY_ASSERT(parse_hex(digits, bytes).has_value());
  return bytes;
}

Bytes join(std::initializer_list<ByteView> parts) {
  Bytes bytes;
  for (const ByteView part : parts) put_bytes(bytes, part);
  return bytes;
}

Bytes random_bytes(std::size_t size_bytes, std::uint64_t seed) {
  std::mt19937_64 numbers(seed);
  Bytes bytes;
  while (bytes.size() < size_bytes) put_u64(bytes, numbers());
  bytes.resize(size_bytes);
  return bytes;
}

Bytes text_bytes(std::size_t size_bytes) {
  std::string text;
  for (std::size_t line = 0; text.size() < size_bytes; ++line) {
    text += "line " + std::to_string(line * line) + " of a text that LZ4 shrinks\n";
  }
  text.resize(size_bytes);
  return bytes_of(text);
}

Bytes bf16_bytes(std::size_t size_bytes) {
  std::mt19937_64 numbers(1);
  std::normal_distribution<float> normal(0, 0.02F);
  Bytes bytes;
  while (bytes.size() < size_bytes) {
    put_u16(bytes, static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(normal(numbers)) >> 16));
  }
  bytes.resize(size_bytes);
  return bytes;
}

Bytes lz4_frame(ByteView original, FrameOptions options) {
  LZ4F_preferences_t preferences{};
  preferences.compressionLevel = options.level;
  preferences.frameInfo.blockSizeID = options.block_size;
  preferences.frameInfo.blockMode = options.mode;
  preferences.frameInfo.contentSize = options.content_size ? original.size() : 0;
  if (options.content_checksum) {
    preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
  }
  if (options.block_checksums) preferences.frameInfo.blockChecksumFlag = LZ4F_blockChecksumEnabled;
  // Piece by piece, since compressing at once picks block size and mode by itself.
  LZ4F_cctx* context = nullptr;
  GRANARY_ASSERT(!LZ4F_isError(LZ4F_createCompressionContext(&context, LZ4F_VERSION)));
  Bytes frame(LZ4F_compressBound(original.size(), &preferences) + LZ4F_HEADER_SIZE_MAX);
  std::size_t size = LZ4F_compressBegin(context, frame.data(), frame.size(), &preferences);
  size += LZ4F_compressUpdate(context, frame.data() + size, frame.size() - size, original.data(),
                              original.size(), nullptr);
  size += LZ4F_compressEnd(context, frame.data() + size, frame.size() - size, nullptr);
  GRANARY_ASSERT(size <= frame.size());
  LZ4F_freeCompressionContext(context);
  frame.resize(size);
  return frame;
}

Bytes group_by_four(ByteView original) {
  Bytes grouped;
  for (std::size_t group = 0; group < 4; ++group) {
    for (std::size_t at = group; at < original.size(); at += 4) grouped.push_back(original[at]);
  }
  return grouped;
}

Bytes record(RecordHeader header, ByteView payload) {
  Bytes bytes;
  const auto put_u24 = [&](std::size_t value) {
    put_u16(bytes, static_cast<std::uint16_t>(value));
    put_u8(bytes, static_cast<std::uint8_t>(value >> 16));
  };
  put_u8(bytes, header.version);
  put_u24(header.payload_size_bytes);
  put_u8(bytes, header.scheme);
  put_u24(header.size_bytes);
  put_bytes(bytes, payload);
  return bytes;
}

Bytes record_of(std::uint8_t scheme, ByteView original, FrameOptions options) {
  Bytes payload(original.begin(), original.end());
  if (scheme == 2) payload = group_by_four(payload);
  if (scheme != 0) payload = lz4_frame(payload, options);
  return record(
      {.scheme = scheme, .payload_size_bytes = payload.size(), .size_bytes = original.size()},
      payload);
}

Bytes shard_record(ByteView key, std::initializer_list<std::uint32_t> numbers) {
  GRANARY_ASSERT(key.size() == 32 && numbers.size() == 4);
  Bytes bytes;
  put_bytes(bytes, key);
  for (const std::uint32_t number : numbers) put_u32(bytes, number);
  return bytes;
}

Bytes shard_header(std::uint32_t footer_size_bytes) {
  const Bytes tag =
      from_hex("4846 5265706f 4d657461 44617461 0055 6967 456a7b81 5783 a5bd d95c cdd1 4aa9");
  return shard_record(tag, {2, 0, footer_size_bytes, 0});
}

Bytes bookend() { return shard_record(Bytes(32, std::byte{0xFF}), {0, 0, 0, 0}); }

}  // namespace granary::api::xet::testing
