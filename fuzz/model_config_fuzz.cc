// config.json and its companions.
#include "format/model_config.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)format::parse_model_config(text, text);
  (void)format::parse_adapter_config(text);
  (void)format::diffusers_class(text);
  return 0;
}
