// Shards: what parses holds no more than the bytes that said so, and ranges of chunks.
#include "api/xet/shard.h"

using namespace granary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto shard = api::xet::parse_shard({reinterpret_cast<const std::byte*>(data), size});
  if (!shard) return 0;
  std::size_t records = 3 + shard->files.size() + shard->xorbs.size();
  for (const auto& file : shard->files) {
    records += 2 * file.terms.size() + (file.sha256 ? 1 : 0);
    for (const auto& term : file.terms) GRANARY_ASSERT(term.chunk_start < term.chunk_end);
  }
  for (const auto& xorb : shard->xorbs) records += xorb.chunks.size();
  GRANARY_ASSERT(records * 48 <= size);
  return 0;
}
