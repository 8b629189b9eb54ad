// The head of a based block, and its sections decoded by a base of zeros.
#include "codec/based_block.h"

#include "base/limits.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static codec::Scratch scratch;
  constexpr std::uint64_t kBaseSizeBytesMax = 16 * limits::kBlockSizeBytes;
  ByteReader input({reinterpret_cast<const std::byte*>(data), size});
  const auto out_size = input.u16();
  if (!out_size) return 0;
  const auto sections = codec::parse_sections(*input.take(input.remaining()), *out_size);
  if (!sections) return 0;
  for (const codec::Section& section : *sections) {
    const std::uint64_t base_size = codec::size_bytes_of(section.base);
    GRANARY_ASSERT(base_size <= kBaseSizeBytesMax);
    const Bytes base(static_cast<std::size_t>(base_size));
    Bytes out(section.size_bytes);
    (void)codec::decode_section(codec::best_kernels(), section, base, out, scratch);
  }
  return 0;
}
