// Any bytes as an object, its checksums made right so that the rules behind them are reached.
#include <cstring>

#include "codec/block_checksum.h"
#include "store/xorb_container.h"

using namespace granary;

namespace {

void put_checksum(Bytes& object, std::size_t at, ByteView of) {
  const std::uint64_t checksum = codec::block_checksum(of);
  std::memcpy(object.data() + at, &checksum, sizeof checksum);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < store::kXorbTrailerSizeBytes) return 0;
  Bytes object(reinterpret_cast<const std::byte*>(data),
               reinterpret_cast<const std::byte*>(data) + size);
  const std::size_t trailer_at = size - store::kXorbTrailerSizeBytes;
  const std::uint64_t chunks = load_u32(object.data() + trailer_at + 56);
  const std::uint64_t blocks = load_u32(object.data() + trailer_at + 60);
  const std::uint64_t chunks_size = chunks * store::kXorbChunkEntrySizeBytes;
  const std::uint64_t blocks_size = blocks * store::kXorbBlockEntrySizeBytes;
  if (chunks_size + blocks_size > trailer_at) return 0;
  const ByteView tables = ByteView(object).subspan(trailer_at - chunks_size - blocks_size);
  const ByteView chunk_table = tables.first(chunks_size);
  const ByteView block_table = tables.subspan(chunks_size, blocks_size);
  put_checksum(object, trailer_at + 72, chunk_table);
  put_checksum(object, trailer_at + 80, block_table);
  put_checksum(object, trailer_at, ByteView(object).subspan(trailer_at + 8));

  const auto trailer = store::parse_xorb_trailer(ByteView(object).subspan(trailer_at), size);
  if (!trailer) return 0;
  (void)store::parse_xorb_chunks(*trailer, chunk_table);
  (void)store::parse_xorb_blocks(*trailer, block_table);
  return 0;
}
