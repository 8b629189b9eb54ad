// Scales crowd around one size, and codes around the middle of their range: some bytes of a block
// are more frequent than others, but only among those of the same field.
#include "codec/gguf_fields.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/limits.h"
#include "codec/element_frame.h"
#include "codec/plane.h"

namespace granary::codec {
namespace {

using Byte = std::uint8_t;

// Codes are most of a block, and what a tree saves of them half of what there is to save: it is
// taken from 2 % on. It has 256 leaves of much the same depth, for which few samples are too rough.
constexpr TreeChoice kCodesChoice{.entropy_q16_max = (std::uint64_t{8} << 16) * 98 / 100,
                                  .sample_one_in = 4};
constexpr std::size_t kCodesSizeBytesMin = 16;

struct Layout {
  QuantType type;
  std::array<Byte, 9> field_sizes_bytes;  // in a block's order; zeros after the last
  // Moves bits within a block, so that its bytes say more. Null for most types.
  void (*fold)(Byte* block);
  void (*unfold)(Byte* block);

  constexpr std::size_t block_size_bytes() const {
    std::size_t sum = 0;
    for (const std::size_t size : field_sizes_bytes) sum += size;
    return sum;
  }
};

// The four lower bits of codes below the middle are mirrored: then the small ones are the most
// frequent, whatever the fifth bit is. All mirrors are their own inverse.
constexpr Byte mirror_of(unsigned low_is_upper, unsigned high_is_upper) {
  return static_cast<Byte>((low_is_upper & 1U ? 0U : 0x0FU) | (high_is_upper & 1U ? 0U : 0xF0U));
}

/// Q5_0 and Q5_1: 32 fifth bits, then 16 bytes of codes i and i + 16.
template <std::size_t kOffsetBytes>
void mirror_small(Byte* block) {
  std::uint32_t upper;
  std::memcpy(&upper, block + kOffsetBytes, sizeof upper);
  Byte* const codes = block + kOffsetBytes + sizeof upper;
  for (std::size_t i = 0; i < 16; ++i) codes[i] ^= mirror_of(upper >> i, upper >> (i + 16));
}

/// Q5_K: bit g of byte i is the fifth bit of weight 32 g + i; then 4 times 32 bytes of codes of two
/// groups.
void mirror_grouped(Byte* block) {
  const Byte* const upper = block + 16;
  for (std::size_t j = 0; j < 4; ++j) {
    Byte* const codes = block + 48 + 32 * j;
    for (std::size_t i = 0; i < 32; ++i) {
      const unsigned bits = static_cast<unsigned>(upper[i]) >> 2 * j;
      codes[i] ^= mirror_of(bits, bits >> 1);
    }
  }
}

// Q6_K has four lower bits of each code in its first 128 bytes, two upper ones in the 64 after
// these. Folded it has the four upper ones first.
constexpr unsigned kPairs = 0x33;  // the lower two bits of each half

void gather_upper(Byte* block) {
  for (std::size_t half = 0; half < 2; ++half) {
    Byte* const first = block + 64 * half;
    Byte* const second = first + 32;
    Byte* const others = block + 128 + 32 * half;
    for (std::size_t i = 0; i < 32; ++i) {
      const unsigned a = first[i], b = second[i], upper = others[i];
      first[i] = static_cast<Byte>((upper & kPairs) << 2 | (a >> 2 & kPairs));
      second[i] = static_cast<Byte>((upper & kPairs << 2) | (b >> 2 & kPairs));
      others[i] = static_cast<Byte>((a & kPairs) | (b & kPairs) << 2);
    }
  }
}

void scatter_upper(Byte* block) {
  for (std::size_t half = 0; half < 2; ++half) {
    Byte* const first = block + 64 * half;
    Byte* const second = first + 32;
    Byte* const others = block + 128 + 32 * half;
    for (std::size_t i = 0; i < 32; ++i) {
      const unsigned a = first[i], b = second[i], lower = others[i];
      first[i] = static_cast<Byte>((a & kPairs) << 2 | (lower & kPairs));
      second[i] = static_cast<Byte>((b & kPairs) << 2 | (lower >> 2 & kPairs));
      others[i] = static_cast<Byte>((a >> 2 & kPairs) | (b & kPairs << 2));
    }
  }
}

constexpr std::array kLayouts = {
    Layout{QuantType::Q4_0, {1, 1, 16}, nullptr, nullptr},
    Layout{QuantType::Q4_1, {1, 1, 1, 1, 16}, nullptr, nullptr},
    Layout{QuantType::Q5_0, {1, 1, 4, 16}, mirror_small<2>, mirror_small<2>},
    Layout{QuantType::Q5_1, {1, 1, 1, 1, 4, 16}, mirror_small<4>, mirror_small<4>},
    Layout{QuantType::Q8_0, {1, 1, 32}, nullptr, nullptr},
    Layout{QuantType::Q4_K, {1, 1, 1, 1, 4, 4, 4, 128}, nullptr, nullptr},
    Layout{QuantType::Q5_K, {1, 1, 1, 1, 4, 4, 4, 32, 128}, mirror_grouped, mirror_grouped},
    Layout{QuantType::Q6_K, {128, 64, 16, 1, 1}, gather_upper, scatter_upper},
};

const Layout* find_layout(std::uint8_t type) {
  for (const Layout& layout : kLayouts)
    if (static_cast<std::uint8_t>(layout.type) == type) return &layout;
  return nullptr;
}

/// `count` pieces of a size that the compiler knows, each at its own step.
template <std::size_t kSize>
void copy_pieces(const Byte* in, std::size_t in_step, Byte* out, std::size_t out_step,
                 std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) std::memcpy(out + i * out_step, in + i * in_step, kSize);
}

struct Steps {
  std::size_t in;
  std::size_t out;
};

void copy_field(std::size_t size_bytes, const Byte* in, Byte* out, Steps steps, std::size_t count) {
  switch (size_bytes) {
    case 0: return;
    case 1: return copy_pieces<1>(in, steps.in, out, steps.out, count);
    case 4: return copy_pieces<4>(in, steps.in, out, steps.out, count);
    case 16: return copy_pieces<16>(in, steps.in, out, steps.out, count);
    case 32: return copy_pieces<32>(in, steps.in, out, steps.out, count);
    case 64: return copy_pieces<64>(in, steps.in, out, steps.out, count);
    case 128: return copy_pieces<128>(in, steps.in, out, steps.out, count);
    default: GRANARY_ASSERT(false);
  }
}

/// The blocks, folded if their type has it.
const Byte* fold_all(const Layout& layout, const ElementFrame<const Byte>& frame,
                     std::span<Byte> room) {
  if (layout.fold == nullptr) return frame.elements;
  const std::size_t size = layout.block_size_bytes();
  std::copy_n(frame.elements, frame.count * size, room.begin());
  for (std::size_t i = 0; i < frame.count; ++i) layout.fold(&room[i * size]);
  return room.data();
}

}  // namespace

std::size_t encode_gguf_fields(const Kernels& kernels, ByteView original, QuantType type,
                               std::size_t phase, Scratch& scratch) {
  GRANARY_ASSERT(original.size() <= limits::kBlockSizeBytes);
  const Layout* layout = find_layout(static_cast<std::uint8_t>(type));
  if (layout == nullptr) return 0;
  const std::size_t block_size = layout->block_size_bytes();
  const std::span block(reinterpret_cast<const Byte*>(original.data()), original.size());
  const auto frame = frame_elements(block, block_size, phase);
  auto* const start = reinterpret_cast<Byte*>(scratch.coded().data());
  Byte* out = start;
  *out++ = static_cast<Byte>(type);
  out = write_frame_start(frame, out);
  const Byte* field = fold_all(*layout, frame, scratch.spare());
  for (const std::size_t size : layout->field_sizes_bytes) {
    copy_field(size, field, scratch.planes(), {.in = block_size, .out = size}, frame.count);
    out += encode_plane(kernels, scratch, {scratch.planes(), frame.count * size}, out,
                        size >= kCodesSizeBytesMin ? kCodesChoice : TreeChoice{});
    field += size;
  }
  return static_cast<std::size_t>(write_frame_end(frame, out) - start);
}

Result<void> decode_gguf_fields(const Kernels& kernels, ByteView coded, std::span<std::byte> out,
                                Scratch& scratch) {
  if (coded.empty()) return fail(ErrorKind::Corrupt, "quantised blocks of no type");
  const Layout* layout = find_layout(static_cast<std::uint8_t>(coded.front()));
  if (layout == nullptr) return fail(ErrorKind::Corrupt, "quantised blocks of unknown type");
  coded = coded.subspan(1);
  const std::size_t block_size = layout->block_size_bytes();
  const std::span block(reinterpret_cast<Byte*>(out.data()), out.size());
  TRY(const auto frame, take_frame_start(coded, block, block_size));
  Byte* field = frame.elements;
  for (const std::size_t size : layout->field_sizes_bytes) {
    TRY(const auto* plane,
        view_plane(kernels, scratch, coded, {scratch.planes(), frame.count * size}));
    copy_field(size, plane, field, {.in = size, .out = block_size}, frame.count);
    field += size;
  }
  if (layout->unfold != nullptr)
    for (std::size_t i = 0; i < frame.count; ++i) layout->unfold(frame.elements + i * block_size);
  return take_frame_end(coded, frame);
}

}  // namespace granary::codec
