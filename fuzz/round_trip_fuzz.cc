// Any bytes with any hint, base or parent: all kernels code them alike, and they come back.
#include <array>
#include <optional>

#include "codec/all_kernels_testing.h"
#include "codec/block.h"
#include "codec/delta.h"
#include "codec/gguf_parent.h"

using namespace granary;

namespace {

using codec::QuantType;
constexpr std::array kQuants = {QuantType::Q4_0, QuantType::Q4_1, QuantType::Q5_0, QuantType::Q5_1,
                                QuantType::Q8_0, QuantType::Q4_K, QuantType::Q5_K, QuantType::Q6_K};

bool block_comes_back(codec::KernelList kernels, ByteView original, codec::ElementHint hint) {
  std::optional<codec::CodecId> chosen;
  return codec::round_trip_alike(
      kernels, original,
      [&](const codec::Kernels& ours, codec::Scratch& scratch) {
        const auto coded = codec::encode_block(ours, original, hint, scratch);
        GRANARY_ASSERT(coded.codec == chosen.value_or(coded.codec));
        chosen = coded.codec;
        return coded.bytes;
      },
      [&](const codec::Kernels& ours, ByteView coded, std::span<std::byte> out,
          codec::Scratch& scratch) {
        return codec::decode_block(ours, *chosen, coded, out, scratch);
      });
}

bool delta_comes_back(codec::KernelList kernels, ByteView original, ByteView base,
                      const codec::DeltaElements& elements) {
  return codec::round_trip_alike(
      kernels, original,
      [&](const codec::Kernels& ours, codec::Scratch& scratch) {
        const auto size = codec::encode_delta(ours, original, base, elements, scratch);
        return ByteView(scratch.coded()).first(size);
      },
      [&](const codec::Kernels& ours, ByteView coded, std::span<std::byte> out,
          codec::Scratch& scratch) {
        return codec::decode_delta(ours, coded, base, out, scratch);
      });
}

bool quants_come_back(codec::KernelList kernels, ByteView original, ByteView parent,
                      const codec::GgufParent& relation) {
  return codec::round_trip_alike(
      kernels, original,
      [&](const codec::Kernels& ours, codec::Scratch& scratch) {
        const auto size = codec::encode_gguf_parent(ours, original, parent, relation, scratch);
        return ByteView(scratch.coded()).first(size);
      },
      [&](const codec::Kernels& ours, ByteView coded, std::span<std::byte> out,
          codec::Scratch& scratch) {
        return codec::decode_gguf_parent(ours, coded, parent, out, scratch);
      });
}

// The bytes before the quantised blocks are the header of a coded block: the relation to try.
bool quants_come_back(codec::KernelList kernels, ByteView content, ByteView parent) {
  constexpr std::size_t kHeaderSizeBytes = 3;
  if (content.size() < kHeaderSizeBytes) return true;
  const ByteView original = content.subspan(kHeaderSizeBytes);
  const auto relation = codec::read_gguf_parent(content, original.size());
  if (!relation) return true;
  const auto size = codec::parent_size_bytes(*relation, original.size());
  return quants_come_back(kernels, original, codec::repeated(parent, size), *relation);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader input({reinterpret_cast<const std::byte*>(data), size});
  const auto kind = input.u8();
  const auto layout = input.u8();
  const auto choice = input.u8();
  if (!kind || !layout || !choice) return 0;
  const auto kernels = codec::kernels_to_fuzz(*choice / 4);
  if (*kind % 8 < 6) {
    const ByteView content = *input.take(input.remaining());
    // Some inputs become long enough for coding to pay.
    const Bytes original = codec::repeated(content, content.size() * (1 + *choice % 4U));
    codec::ElementHint hint{static_cast<codec::ElementType>(*kind % 8), *layout};
    if (*kind / 8 % 2 != 0) {
      hint.type = codec::ElementType::Quants;
      hint.quant = kQuants[*kind / 16 % kQuants.size()];
    }
    GRANARY_ASSERT(block_comes_back(kernels, original, hint));
    return 0;
  }
  const auto length = input.u16();
  if (!length) return 0;
  const ByteView given = *input.take(std::min<std::size_t>(*length, input.remaining()));
  const ByteView content = *input.take(input.remaining());
  if (*kind % 8 == 6)
    GRANARY_ASSERT(
        delta_comes_back(kernels, content, codec::repeated(given, content.size()),
                         {static_cast<codec::FloatType>(*layout % 4 % 3), *layout / 4U % 4}));
  else
    GRANARY_ASSERT(quants_come_back(kernels, content, given));
  return 0;
}
