// Types by name: of safetensors, then those that only GGUF has.
#include "codec/elements.h"

namespace granary::codec {

Elements elements_of(std::string_view type) {
  if (type == "BF16") return {.type = ElementType::Bf16, .size_bytes = 2};
  if (type == "F16") return {.type = ElementType::Fp16, .size_bytes = 2};
  if (type == "F32") return {.type = ElementType::Fp32, .size_bytes = 4};
  if (type == "F8_E4M3") return {.type = ElementType::Fp8};
  if (type == "I8" || type == "U8") return {.type = ElementType::Int8};
  if (const QuantFormat* format = find_quant_format(type))
    return {
        .type = ElementType::Quants, .quant = format->type, .size_bytes = format->block_size_bytes};
  return {};
}

}  // namespace granary::codec
