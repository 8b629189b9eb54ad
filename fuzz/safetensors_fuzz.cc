// safetensors headers: tensors that pass lie inside the file and add up.
#include "format/safetensors.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView file(reinterpret_cast<const std::byte*>(data), size);
  const auto header = format::parse_safetensors(file, size);
  if (!header) return 0;
  for (const auto& tensor : header->tensors)
    GRANARY_ASSERT(header->data_offset_bytes + tensor.end_bytes <= size);
  return 0;
}
