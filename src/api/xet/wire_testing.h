// Builders of what Xet clients send: LZ4 frames of every kind, chunk records, shards. For tests.
#pragma once

#include <lz4frame.h>

#include <cstdint>
#include <initializer_list>
#include <string>

#include "base/bytes.h"
#include "base/digest.h"

namespace granary::api::xet::testing {

Bytes bytes_of(std::string_view text);
/// Of hex digits; spaces and line ends between them do not count.
Bytes from_hex(std::string_view hex);
Bytes join(std::initializer_list<ByteView> parts);

/// Bytes with no pattern, the same for the same seed; compressible text; normally distributed BF16.
Bytes random_bytes(std::size_t size_bytes, std::uint64_t seed = 1);
Bytes text_bytes(std::size_t size_bytes);
Bytes bf16_bytes(std::size_t size_bytes);

struct FrameOptions {
  LZ4F_blockSizeID_t block_size = LZ4F_max64KB;
  LZ4F_blockMode_t mode = LZ4F_blockIndependent;
  bool content_size = false;
  bool content_checksum = false;
  bool block_checksums = false;
  int level = 0;
};
Bytes lz4_frame(ByteView original, FrameOptions options = {});

/// What scheme 2 does before LZ4, byte by byte: the plain statement of it.
Bytes group_by_four(ByteView original);

/// A chunk record with any header, true or not.
struct RecordHeader {
  std::uint8_t version = 0;
  std::uint8_t scheme = 0;
  std::size_t payload_size_bytes = 0;
  std::size_t size_bytes = 0;
};
Bytes record(RecordHeader header, ByteView payload);
/// An honest record of `original`.
Bytes record_of(std::uint8_t scheme, ByteView original, FrameOptions options = {});

/// A record of a shard: 32 bytes and four numbers.
Bytes shard_record(ByteView key, std::initializer_list<std::uint32_t> numbers);
Bytes shard_header(std::uint32_t footer_size_bytes = 0);
Bytes bookend();
/// A hash whose bytes are all `byte`.
template <class Hash>
Hash hash_of(std::uint8_t byte) {
  Hash hash;
  hash.bytes.fill(std::byte{byte});
  return hash;
}

}  // namespace granary::api::xet::testing
