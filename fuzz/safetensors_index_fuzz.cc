// A model.safetensors.index.json.
#include "format/safetensors.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)format::parse_safetensors_index({reinterpret_cast<const char*>(data), size});
  return 0;
}
