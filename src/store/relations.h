// What is known of a xorb's bytes from the headers of the files that they came with.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include "base/digest.h"
#include "codec/block.h"
#include "codec/delta.h"
#include "codec/elements.h"
#include "codec/gguf_parent.h"
#include "meta/types.h"

namespace granary::store {

/// Original bytes of a stored xorb.
struct StoredStretch {
  meta::XorbId xorb;
  XorbHash hash;
  std::uint32_t offset_bytes = 0;
  std::uint32_t size_bytes = 0;
};

/// Bytes [begin, begin + size) of what the stretches hold one after the other: fewer if they end
/// before.
std::vector<StoredStretch> cut(std::span<const StoredStretch> stretches, std::uint64_t begin_bytes,
                               std::uint64_t size_bytes);

/// A tensor's element type; its numbers are as those of the base's tensor, but for some moves.
struct TunedFrom {
  codec::FloatType type = codec::FloatType::Bf16;
};
/// Blocks that a quantiser made of the base's tensor, or of an FP16 copy of it.
struct QuantisedFrom {
  codec::QuantType quant = codec::QuantType::F32;
  codec::FloatType parent = codec::FloatType::Bf16;
};

/// Bytes of a xorb, side by side, that belong to one tensor.
struct TensorRun {
  std::uint32_t begin_bytes = 0;  // in the xorb's original bytes
  std::uint32_t end_bytes = 0;
  std::uint64_t tensor_offset_bytes = 0;  // of `begin_bytes` in its tensor
  codec::Elements elements;
  std::variant<std::monostate, TunedFrom, QuantisedFrom> relation;
  /// The whole tensor of the base, in the order in which this one has its numbers. Null: none.
  std::shared_ptr<const std::vector<StoredStretch>> base;
};

/// In order, without overlap, perhaps with gaps.
using Relations = std::vector<TensorRun>;

}  // namespace granary::store
