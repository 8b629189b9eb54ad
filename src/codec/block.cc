// The table of codecs. A new codec is a row here, a file beside this one, and a page in
// docs/formats.
#include "codec/block.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "base/limits.h"
#include "codec/sample.h"
#include "codec/zstd_codec.h"

namespace granary::codec {
namespace {

Result<void> decode_raw(ByteView coded, std::span<std::byte> out) {
  if (coded.size() != out.size()) return fail(ErrorKind::Corrupt, "a raw block of another size");
  std::copy(coded.begin(), coded.end(), out.begin());
  return {};
}

struct Codec {
  CodecId id;
  std::string_view name;
  Result<void> (*decode)(ByteView coded, std::span<std::byte> out);
};

constexpr std::array kCodecs = {
    Codec{CodecId::Raw, "raw", decode_raw},
    Codec{CodecId::Zstd, "zstd", decode_zstd},
};

const Codec* find_codec(std::uint8_t number) {
  for (const Codec& codec : kCodecs)
    if (static_cast<std::uint8_t>(codec.id) == number) return &codec;
  return nullptr;
}

}  // namespace

Result<CodecId> parse_codec(std::uint8_t number) {
  if (const Codec* codec = find_codec(number)) return codec->id;
  return fail(ErrorKind::Corrupt, "unknown codec " + std::to_string(number));
}

std::string_view name_of(CodecId codec) {
  const Codec* found = find_codec(static_cast<std::uint8_t>(codec));
  GRANARY_ASSERT(found != nullptr);
  return found->name;
}

CodedBlock encode_block(ByteView original, Bytes& scratch) {
  GRANARY_ASSERT(original.size() <= limits::kBlockSizeBytes);
  const CodedBlock raw{CodecId::Raw, original};
  if (!is_worth_zstd(original)) return raw;
  scratch.resize(original.size() - least_gain_bytes(original.size()));
  const std::size_t size_bytes = encode_zstd(original, scratch);
  if (size_bytes == 0) return raw;
  return {CodecId::Zstd, ByteView(scratch).first(size_bytes)};
}

Result<void> decode_block(CodecId codec, ByteView coded, std::span<std::byte> out) {
  if (out.size() > limits::kBlockSizeBytes) return fail(ErrorKind::Corrupt, "an oversized block");
  const Codec* found = find_codec(static_cast<std::uint8_t>(codec));
  if (found == nullptr) return fail(ErrorKind::Corrupt, "unknown codec");
  return found->decode(coded, out);
}

}  // namespace granary::codec
