// The table of codecs. A new codec is a row here, a file beside this one, and a page in
// docs/formats.
#include "codec/block.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/limits.h"
#include "codec/gguf_fields.h"
#include "codec/plane_codecs.h"
#include "codec/probe.h"
#include "codec/zstd_codec.h"

namespace granary::codec {
namespace {

using Encode = std::size_t (*)(const Kernels&, ByteView original, std::size_t phase, Scratch&);
using Decode = Result<void> (*)(const Kernels&, ByteView coded, std::span<std::byte> out, Scratch&);

Result<void> decode_raw(const Kernels&, ByteView coded, std::span<std::byte> out, Scratch&) {
  if (coded.size() != out.size()) return fail(ErrorKind::Corrupt, "a raw block of another size");
  std::ranges::copy(coded, out.begin());
  return {};
}

Result<void> decode_zstd_block(const Kernels&, ByteView coded, std::span<std::byte> out, Scratch&) {
  return decode_zstd(coded, out);
}

// The bases of a block's sections are its reader's business: codec/based_block.h.
Result<void> decode_without_base(const Kernels&, ByteView, std::span<std::byte>, Scratch&) {
  return fail(ErrorKind::Corrupt, "a block that needs a base where none may");
}

struct Codec {
  CodecId id;
  std::string_view name;
  Decode decode;
  Encode encode_planes;  // null for a codec of anything else
};

constexpr std::array kCodecs = {
    Codec{CodecId::Raw, "raw", decode_raw, nullptr},
    Codec{CodecId::Zstd, "zstd", decode_zstd_block, nullptr},
    Codec{CodecId::Constant, "constant", decode_constant, nullptr},
    Codec{CodecId::Bf16, "bf16", decode_bf16, encode_bf16},
    Codec{CodecId::Fp16, "fp16", decode_fp16, encode_fp16},
    Codec{CodecId::Fp32, "fp32", decode_fp32, encode_fp32},
    Codec{CodecId::Fp8, "fp8", decode_fp8, encode_fp8},
    Codec{CodecId::Bytes, "bytes", decode_bytes, encode_bytes},
    Codec{CodecId::Delta, "delta", decode_without_base, nullptr},
    Codec{CodecId::GgufFields, "gguf-fields", decode_gguf_fields, nullptr},
    Codec{CodecId::GgufParent, "gguf-parent", decode_without_base, nullptr},
};

const Codec* find_codec(std::uint8_t number) {
  for (const Codec& codec : kCodecs)
    if (static_cast<std::uint8_t>(codec.id) == number) return &codec;
  return nullptr;
}

CodecId codec_of(ElementType type) {
  switch (type) {
    case ElementType::Bf16: return CodecId::Bf16;
    case ElementType::Fp16: return CodecId::Fp16;
    case ElementType::Fp32: return CodecId::Fp32;
    case ElementType::Fp8: return CodecId::Fp8;
    case ElementType::Int8: return CodecId::Bytes;
    case ElementType::Quants:
    case ElementType::Unknown: break;
  }
  return CodecId::Raw;
}

// zstd's result replaces that of planes only if it is smaller by a tenth: it is slower to read.
bool is_worth_zstd(std::size_t zstd_size_bytes, std::size_t other_size_bytes) {
  return zstd_size_bytes > 0 && zstd_size_bytes < other_size_bytes - other_size_bytes / 10;
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

CodedBlock encode_block(const Kernels& kernels, ByteView original, ElementHint hint,
                        Scratch& scratch) {
  GRANARY_ASSERT(original.size() <= limits::kBlockSizeBytes);
  const std::size_t size_max =
      original.size() - std::min(original.size(), least_gain_bytes(original.size()));
  CodedBlock best{CodecId::Raw, original};
  if (const std::size_t size = encode_constant(original, scratch); size > 0 && size <= size_max)
    return {CodecId::Constant, scratch.coded().first(size)};

  if (hint.type == ElementType::Quants) {
    const std::size_t size = encode_gguf_fields(kernels, original, hint.quant, hint.phase, scratch);
    if (size == 0 || size > size_max) return best;
    return {CodecId::GgufFields, scratch.coded().first(size)};
  }
  Probe probe{.planes = codec_of(hint.type), .phase = hint.phase};
  if (hint.type == ElementType::Unknown) probe = probe_block(original);
  if (const Codec* codec = find_codec(static_cast<std::uint8_t>(probe.planes));
      codec->encode_planes != nullptr) {
    const std::size_t size = codec->encode_planes(kernels, original, probe.phase, scratch);
    if (size <= size_max) best = {codec->id, scratch.coded().first(size)};
  }
  if (probe.is_text || probe.is_sparse) {
    const std::span frame = std::as_writable_bytes(scratch.spare()).first(size_max);
    const std::size_t size = encode_zstd(original, frame);
    if (best.codec == CodecId::Raw ? size > 0 : is_worth_zstd(size, best.bytes.size()))
      best = {CodecId::Zstd, frame.first(size)};
  }
  return best;
}

Result<void> decode_block(const Kernels& kernels, CodecId codec, ByteView coded,
                          std::span<std::byte> out, Scratch& scratch) {
  if (out.size() > limits::kBlockSizeBytes) return fail(ErrorKind::Corrupt, "an oversized block");
  const Codec* found = find_codec(static_cast<std::uint8_t>(codec));
  if (found == nullptr) return fail(ErrorKind::Corrupt, "unknown codec");
  return found->decode(kernels, coded, out, scratch);
}

std::size_t least_gain_bytes(std::size_t size_bytes) {
  return std::max<std::size_t>(1, size_bytes / 50);
}

}  // namespace granary::codec
