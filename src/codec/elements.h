// What the header of a file of weights tells a codec of a tensor's elements.
#pragma once

#include <cstddef>
#include <string_view>

#include "codec/block.h"

namespace granary::codec {

struct Elements {
  ElementType type = ElementType::Unknown;
  QuantType quant = QuantType::F32;  // of Quants
  std::size_t size_bytes = 1;        // of one
};

/// By the name that safetensors or GGUF has for the type. Unknown for one that no codec knows.
Elements elements_of(std::string_view type);

}  // namespace granary::codec
