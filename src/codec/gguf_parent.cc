// A stream is a header, the bytes before the first whole quantised block, planes, and the bytes
// after the last. A plane holds, of one kind of field, how each differs from its prediction.
#include "codec/gguf_parent.h"

#include <algorithm>
#include <array>
#include <bit>

#include "base/limits.h"
#include "codec/half.h"
#include "codec/sparse_plane.h"

namespace granary::codec {
namespace {

using Byte = std::uint8_t;

constexpr std::size_t kHeaderSizeBytes = 3;
constexpr unsigned kParentMask = 3;
constexpr unsigned kViaHalf = 4;

const QuantFormat& format_of(QuantType type) {
  const QuantFormat* format = find_quant_format(static_cast<std::uint64_t>(type));
  GRANARY_ASSERT(format != nullptr);
  return *format;
}

/// A block of the store: bytes outside whole quantised blocks, and these.
template <class Any>
struct Frame {
  std::span<Any> lead;
  std::span<Any> blocks;
  std::span<Any> tail;
};

template <class Any>
Frame<Any> frame_of(std::span<Any> block, const QuantFormat& format, std::size_t phase) {
  const std::size_t lead = std::min(phase, block.size());
  const std::size_t rest = block.size() - lead;
  const std::size_t whole = rest - rest % format.block_size_bytes;
  return {.lead = block.first(lead),
          .blocks = block.subspan(lead, whole),
          .tail = block.subspan(lead + whole)};
}

/// The parent's weights as the quantiser saw them.
class Weights {
 public:
  Weights(const QuantKernels& kernels, const GgufParent& relation, ByteView parent)
      : kernels_(kernels),
        relation_(relation),
        next_(reinterpret_cast<const Byte*>(parent.data())) {}

  /// The next `count`, kQuantWeightsMax at most; valid until the next call.
  const float* take(std::size_t count) {
    switch (relation_.parent) {
      case FloatType::Bf16: kernels_.widen_bf16(next_, count, weights_.data()); break;
      case FloatType::Fp16: kernels_.widen_fp16(next_, count, weights_.data()); break;
      case FloatType::Fp32: kernels_.widen_fp32(next_, count, weights_.data()); break;
    }
    if (relation_.via_half) kernels_.round_to_half(weights_.data(), count);
    next_ += count * size_bytes_of(relation_.parent);
    return weights_.data();
  }

 private:
  const QuantKernels& kernels_;
  const GgufParent& relation_;
  const Byte* next_;
  std::array<float, kQuantWeightsMax> weights_;
};

/// The planes of `count` blocks, in the order in which they are stored.
struct Planes {
  static constexpr std::size_t kCountMax = 2 * kHalvesMax + 3;

  Planes(const QuantFormat& format, std::size_t count, Byte* room) {
    const auto add = [&](std::size_t size) {
      const std::span plane(room, size);
      room += size;
      all[plane_count++] = plane;
      return plane.data();
    };
    for (std::size_t i = 0; i < format.half_count; ++i) {
      low[i] = add(count);
      high[i] = add(count);
    }
    for (std::size_t kind = 0; kind < 2; ++kind)
      if (format.sub_counts[kind] > 0) subs[kind] = add(count * format.sub_counts[kind]);
    codes = add(count * format.codes_size_bytes);
  }

  std::array<std::span<Byte>, kCountMax> all;
  std::size_t plane_count = 0;
  // Where the next block's differences go or lie.
  std::array<Byte*, kHalvesMax> low{};
  std::array<Byte*, kHalvesMax> high{};
  std::array<Byte*, 2> subs{};
  Byte* codes = nullptr;
};

// Small differences of either sign become small numbers.
std::uint16_t fold(std::uint16_t difference) {
  return static_cast<std::uint16_t>(static_cast<unsigned>(difference) << 1 ^
                                    (difference >> 15 != 0 ? 0xFFFFU : 0U));
}
std::uint16_t unfold(std::uint16_t folded) {
  return static_cast<std::uint16_t>(folded >> 1 ^ ((folded & 1U) != 0 ? 0xFFFFU : 0U));
}

std::uint16_t predict_half(const QuantEstimate& estimate, std::size_t i) {
  return half_of_bits(std::bit_cast<std::uint32_t>(estimate.halves[i]));
}

// A field of a group differs from its prediction outward (+) or toward zero (-).
Byte outward(std::int16_t predicted, unsigned from, unsigned to) {
  return static_cast<Byte>(predicted < 0 ? from - to : to - from);
}

void encode_block(const QuantFormat& format, const QuantKernels& kernels, const float* weights,
                  const Byte* block, Planes& planes) {
  const QuantEstimate estimate = format.estimate(kernels, weights);
  const QuantFields fields = format.load_fields(block);
  for (std::size_t i = 0; i < format.half_count; ++i) {
    const std::uint16_t folded =
        fold(static_cast<std::uint16_t>(fields.halves[i] - predict_half(estimate, i)));
    *planes.low[i]++ = static_cast<Byte>(folded);
    *planes.high[i]++ = static_cast<Byte>(folded >> 8);
  }
  std::array<std::int16_t, kSubsMax> predicted;
  format.predict_subs(estimate, fields, predicted.data());
  std::size_t sub = 0;
  for (std::size_t kind = 0; kind < 2; ++kind)
    for (std::size_t i = 0; i < format.sub_counts[kind]; ++i, ++sub)
      *planes.subs[kind]++ =
          outward(predicted[sub], static_cast<unsigned>(predicted[sub]), fields.subs[sub]);
  format.predict_codes(kernels, weights, estimate, fields, planes.codes);
  block += format.codes_offset_bytes;
  for (std::size_t i = 0; i < format.codes_size_bytes; ++i) planes.codes[i] ^= block[i];
  planes.codes += format.codes_size_bytes;
}

void decode_block(const QuantFormat& format, const QuantKernels& kernels, const float* weights,
                  Planes& planes, Byte* block) {
  const QuantEstimate estimate = format.estimate(kernels, weights);
  QuantFields fields;
  for (std::size_t i = 0; i < format.half_count; ++i) {
    const auto folded = static_cast<std::uint16_t>(*planes.low[i]++ |
                                                   static_cast<unsigned>(*planes.high[i]++) << 8);
    fields.halves[i] = static_cast<std::uint16_t>(predict_half(estimate, i) + unfold(folded));
  }
  std::array<std::int16_t, kSubsMax> predicted;
  format.predict_subs(estimate, fields, predicted.data());
  std::size_t sub = 0;
  for (std::size_t kind = 0; kind < 2; ++kind)
    for (std::size_t i = 0; i < format.sub_counts[kind]; ++i, ++sub) {
      const unsigned difference = *planes.subs[kind]++;
      const auto from = static_cast<unsigned>(predicted[sub]);
      fields.subs[sub] =
          static_cast<Byte>(predicted[sub] < 0 ? from - difference : from + difference);
    }
  format.store_fields(fields, block);
  block += format.codes_offset_bytes;
  format.predict_codes(kernels, weights, estimate, fields, block);
  if (planes.codes == nullptr) return;
  for (std::size_t i = 0; i < format.codes_size_bytes; ++i) block[i] ^= planes.codes[i];
  planes.codes += format.codes_size_bytes;
}

/// Calls `visit` with the number and the weights of each of `count` blocks. Weights are taken for
/// as many blocks as they allow, since the small types have few in one.
template <class Visit>
void for_each_block(const QuantFormat& format, Weights& weights, std::size_t count, Visit visit) {
  const std::size_t batch = kQuantWeightsMax / format.weight_count;
  for (std::size_t first = 0; first < count; first += batch) {
    const std::size_t end = std::min(first + batch, count);
    const float* next = weights.take((end - first) * format.weight_count);
    for (std::size_t i = first; i < end; ++i, next += format.weight_count) visit(i, next);
  }
}

/// Of the types without fields, as many as make a batch.
void predict_plain(const QuantFormat& format, const QuantKernels& kernels, Weights& weights,
                   std::size_t count, Byte* out) {
  for (std::size_t i = 0; i < count; i += kQuantWeightsMax) {
    const std::size_t batch = std::min(kQuantWeightsMax, count - i);
    const float* in = weights.take(batch);
    if (format.type == QuantType::F32) kernels.narrow_fp32(in, batch, out);
    if (format.type == QuantType::F16) kernels.narrow_fp16(in, batch, out);
    if (format.type == QuantType::Bf16) kernels.narrow_bf16(in, batch, out);
    out += batch * format.block_size_bytes;
  }
}

void combine(std::span<const Byte> differences, Byte* bytes) {
  for (std::size_t i = 0; i < differences.size(); ++i) bytes[i] ^= differences[i];
}

void fill_planes(const QuantFormat& format, const QuantKernels& kernels, Weights& weights,
                 std::span<const Byte> blocks, Planes planes) {
  const std::size_t count = blocks.size() / format.block_size_bytes;
  if (format.load_fields == nullptr) {
    predict_plain(format, kernels, weights, count, planes.codes);
    return combine(blocks, planes.codes);
  }
  for_each_block(format, weights, count, [&](std::size_t i, const float* of_block) {
    encode_block(format, kernels, of_block, &blocks[i * format.block_size_bytes], planes);
  });
}

/// Takes all planes from the front of `coded`. One of codes that holds nothing is left out.
Result<void> take_planes(const Kernels& kernels, Scratch& scratch, ByteView& coded,
                         Planes& planes) {
  for (std::size_t i = 0; i + 1 < planes.plane_count; ++i)
    TRY_DONE(decode_sparse_plane(kernels, scratch, coded, planes.all[i]));
  const std::span codes = planes.all[planes.plane_count - 1];
  if (!take_zero_plane(coded, codes.size()))
    return decode_sparse_plane(kernels, scratch, coded, codes);
  planes.codes = nullptr;
  return {};
}

}  // namespace

std::size_t parent_weight_count(const GgufParent& relation, std::size_t size_bytes) {
  const QuantFormat& format = format_of(relation.quant);
  const std::size_t rest = size_bytes - std::min(relation.phase, size_bytes);
  return rest / format.block_size_bytes * format.weight_count;
}

std::size_t parent_size_bytes(const GgufParent& relation, std::size_t size_bytes) {
  return parent_weight_count(relation, size_bytes) * size_bytes_of(relation.parent);
}

std::size_t encode_gguf_parent(const Kernels& kernels, ByteView original, ByteView parent,
                               const GgufParent& relation, Scratch& scratch) {
  const QuantFormat& format = format_of(relation.quant);
  GRANARY_ASSERT(original.size() <= limits::kBlockSizeBytes);
  GRANARY_ASSERT(relation.phase < format.block_size_bytes);
  GRANARY_ASSERT(parent.size() == parent_size_bytes(relation, original.size()));
  const QuantKernels& loops = *kernels.quant;
  const std::span block(reinterpret_cast<const Byte*>(original.data()), original.size());
  const auto frame = frame_of(block, format, relation.phase);

  Weights weights(loops, relation, parent);
  const Planes planes(format, frame.blocks.size() / format.block_size_bytes, scratch.planes());
  fill_planes(format, loops, weights, frame.blocks, planes);

  auto* const start = reinterpret_cast<Byte*>(scratch.coded().data());
  Byte* out = start;
  *out++ = static_cast<Byte>(relation.quant);
  *out++ = static_cast<Byte>(static_cast<unsigned>(relation.parent) |
                             (relation.via_half ? kViaHalf : 0));
  *out++ = static_cast<Byte>(frame.lead.size());
  out = std::ranges::copy(frame.lead, out).out;
  for (std::size_t i = 0; i < planes.plane_count; ++i)
    out += encode_sparse_plane(kernels, scratch, planes.all[i], out);
  out = std::ranges::copy(frame.tail, out).out;
  return static_cast<std::size_t>(out - start);
}

Result<GgufParent> read_gguf_parent(ByteView coded, std::size_t size_bytes) {
  if (coded.size() < kHeaderSizeBytes) return fail(ErrorKind::Corrupt, "no parent is named");
  const auto type = static_cast<std::uint8_t>(coded[0]);
  const auto flags = static_cast<unsigned>(coded[1]);
  const auto phase = static_cast<std::size_t>(coded[2]);
  const QuantFormat* format = find_quant_format(type);
  if (format == nullptr) return fail(ErrorKind::Corrupt, "a block of unknown quantisation");
  if (flags > (kViaHalf | 2U) || (flags & kParentMask) > 2)
    return fail(ErrorKind::Corrupt, "a parent of unknown type");
  if (phase >= format->block_size_bytes || phase > size_bytes)
    return fail(ErrorKind::Corrupt, "quantised blocks of no valid phase");
  return GgufParent{.quant = format->type,
                    .parent = static_cast<FloatType>(flags & kParentMask),
                    .via_half = (flags & kViaHalf) != 0,
                    .phase = phase};
}

Result<void> decode_gguf_parent(const Kernels& kernels, ByteView coded, ByteView parent,
                                std::span<std::byte> out, Scratch& scratch) {
  if (out.size() > limits::kBlockSizeBytes) return fail(ErrorKind::Corrupt, "an oversized block");
  TRY(const GgufParent relation, read_gguf_parent(coded, out.size()));
  if (parent.size() != parent_size_bytes(relation, out.size()))
    return fail(ErrorKind::Corrupt, "a parent of another size");
  const QuantFormat& format = format_of(relation.quant);
  const QuantKernels& loops = *kernels.quant;
  const std::span block(reinterpret_cast<Byte*>(out.data()), out.size());
  const auto frame = frame_of(block, format, relation.phase);

  ByteReader reader(coded.subspan(kHeaderSizeBytes));
  const auto lead = reader.take(frame.lead.size());
  if (!lead) return fail(ErrorKind::Corrupt, "a block's first bytes are cut short");
  std::ranges::copy(*lead, std::as_writable_bytes(frame.lead).begin());
  coded = coded.subspan(kHeaderSizeBytes + frame.lead.size());
  const std::size_t count = frame.blocks.size() / format.block_size_bytes;
  Planes planes(format, count, scratch.planes());
  TRY_DONE(take_planes(kernels, scratch, coded, planes));
  if (coded.size() != frame.tail.size())
    return fail(ErrorKind::Corrupt, "a block given its parent is of another size");
  std::ranges::copy(coded, std::as_writable_bytes(frame.tail).begin());

  Weights weights(loops, relation, parent);
  if (format.load_fields == nullptr) {
    predict_plain(format, loops, weights, count, frame.blocks.data());
    if (planes.codes != nullptr) combine(planes.all[planes.plane_count - 1], frame.blocks.data());
    return {};
  }
  for_each_block(format, weights, count, [&](std::size_t i, const float* of_block) {
    decode_block(format, loops, of_block, planes, &frame.blocks[i * format.block_size_bytes]);
  });
  return {};
}

}  // namespace granary::codec
