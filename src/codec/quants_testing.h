// Quantised blocks of made-up weights, for tests.
#pragma once

#include "codec/gguf_parent.h"
#include "codec/weights_testing.h"

namespace granary::codec {

/// Blocks of `type` as a quantiser that does not search makes them of a transformer's weights: what
/// is foretold of them, and no difference. As many whole ones as `size_bytes` has.
inline Bytes quantised(QuantType type, std::size_t size_bytes) {
  const QuantFormat& format = *find_quant_format(static_cast<std::uint64_t>(type));
  const auto has = [&](std::size_t kind) { return std::size_t{format.sub_counts[kind] > 0}; };
  const std::size_t plane_count = 2 * format.half_count + has(0) + has(1) + 1;
  Bytes coded = {static_cast<std::byte>(type), std::byte{0}, std::byte{0}};
  for (std::size_t i = 0; i < plane_count; ++i) put_bytes(coded, Bytes{{}, std::byte{1}, {}});

  const std::size_t step =
      limits::kBlockSizeBytes / format.block_size_bytes * format.block_size_bytes;
  Bytes blocks(size_bytes - size_bytes % format.block_size_bytes);
  Scratch scratch;
  for (std::size_t at = 0; at < blocks.size(); at += step) {
    const auto out = std::span(blocks).subspan(at, std::min(step, blocks.size() - at));
    const Bytes parent =
        transformer_weights(at + 5, parent_size_bytes({.quant = type}, out.size()), put_bf16);
    (void)decode_gguf_parent(best_kernels(), coded, parent, out, scratch);
  }
  return blocks;
}

}  // namespace granary::codec
