// GGUF headers: tensors that pass lie inside the file, and the JSON can be written.
#include "format/gguf.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView file(reinterpret_cast<const std::byte*>(data), size);
  const auto header = format::parse_gguf(file, size);
  if (!header) return 0;
  for (const auto& tensor : header->tensors)
    GRANARY_ASSERT(header->data_offset_bytes + tensor.offset_bytes + tensor.size_bytes <= size);
  (void)format::gguf_info_json(*header);
  return 0;
}
