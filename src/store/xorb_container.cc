// Writing and checking the end of a xorb container: every count and offset against every other.
#include "store/xorb_container.h"

#include <algorithm>

#include "codec/block_checksum.h"

namespace granary::store {
namespace {

constexpr std::uint32_t kMagic = 0x42525847;  // "GXRB"
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kParameterSizeBytes = 7;  // of a codec; zero for the codecs of version 1

tl::unexpected<Error> corrupt(std::string_view what) {
  return fail(ErrorKind::Corrupt, "xorb container: " + std::string(what));
}

std::uint64_t object_size_of(const XorbTrailer& trailer) {
  return trailer.coded_size_bytes +
         std::uint64_t{trailer.chunk_count} * kXorbChunkEntrySizeBytes +
         std::uint64_t{trailer.block_count} * kXorbBlockEntrySizeBytes + kXorbTrailerSizeBytes;
}

Result<void> check_trailer(const XorbTrailer& trailer, std::uint64_t object_size_bytes) {
  constexpr std::uint64_t kBlock = limits::kBlockSizeBytes;
  if (trailer.size_bytes == 0 || trailer.size_bytes > limits::kXorbSizeBytesMax) {
    return corrupt("an impossible size");
  }
  if (trailer.chunk_count == 0 || trailer.chunk_count > limits::kXorbChunkCountMax) {
    return corrupt("an impossible number of chunks");
  }
  if (trailer.block_count != (trailer.size_bytes + kBlock - 1) / kBlock) {
    return corrupt("a wrong number of blocks");
  }
  if (trailer.coded_size_bytes > trailer.size_bytes) return corrupt("blocks that grew");
  if (object_size_bytes != object_size_of(trailer)) return corrupt("a wrong length");
  return {};
}

}  // namespace

std::size_t block_size_bytes(const XorbTrailer& trailer, std::size_t index) {
  const std::uint64_t start = std::uint64_t{index} * limits::kBlockSizeBytes;
  return static_cast<std::size_t>(
      std::min<std::uint64_t>(limits::kBlockSizeBytes, trailer.size_bytes - start));
}

Bytes encode_xorb_end(XorbTrailer& trailer, std::span<const XorbChunk> chunks,
                      std::span<const XorbBlock> blocks) {
  Bytes end;
  end.reserve(chunks.size() * kXorbChunkEntrySizeBytes +
              blocks.size() * kXorbBlockEntrySizeBytes + kXorbTrailerSizeBytes);
  for (const XorbChunk& chunk : chunks) {
    put_bytes(end, chunk.hash.view());
    put_u32(end, chunk.end_bytes);
  }
  const std::size_t blocks_start = end.size();
  for (const XorbBlock& block : blocks) {
    put_u32(end, block.offset_bytes);
    put_u32(end, block.coded_size_bytes);
    put_u64(end, block.checksum);
    put_u8(end, static_cast<std::uint8_t>(block.codec));
    put_bytes(end, Bytes(kParameterSizeBytes));
  }
  trailer.chunk_count = static_cast<std::uint32_t>(chunks.size());
  trailer.block_count = static_cast<std::uint32_t>(blocks.size());
  trailer.chunk_table_checksum = codec::block_checksum(ByteView(end).first(blocks_start));
  trailer.block_table_checksum = codec::block_checksum(ByteView(end).subspan(blocks_start));

  Bytes tail;
  put_bytes(tail, trailer.hash.view());
  put_u64(tail, trailer.size_bytes);
  put_u64(tail, trailer.coded_size_bytes);
  put_u32(tail, trailer.chunk_count);
  put_u32(tail, trailer.block_count);
  put_u32(tail, static_cast<std::uint32_t>(limits::kBlockSizeBytes));
  put_u32(tail, 0);  // reserved
  put_u64(tail, trailer.chunk_table_checksum);
  put_u64(tail, trailer.block_table_checksum);
  put_u32(tail, kVersion);
  put_u32(tail, kMagic);
  put_u64(end, codec::block_checksum(tail));
  put_bytes(end, tail);
  return end;
}

Result<XorbTrailer> parse_xorb_trailer(ByteView bytes, std::uint64_t object_size_bytes) {
  if (bytes.size() != kXorbTrailerSizeBytes) return corrupt("cut short");
  const ByteView tail = bytes.subspan(8);
  if (load_u32(tail.data() + tail.size() - 4) != kMagic) return corrupt("no xorb");
  if (load_u32(tail.data() + tail.size() - 8) != kVersion) return corrupt("an unknown version");
  if (load_u64(bytes.data()) != codec::block_checksum(tail)) return corrupt("a damaged trailer");

  ByteReader reader(tail);
  XorbTrailer trailer;
  TRY(const ByteView hash, reader.take(XorbHash::kSizeBytes));
  TRY(trailer.hash, XorbHash::from_bytes(hash));
  TRY(trailer.size_bytes, reader.u64());
  TRY(trailer.coded_size_bytes, reader.u64());
  TRY(trailer.chunk_count, reader.u32());
  TRY(trailer.block_count, reader.u32());
  TRY(const std::uint32_t block_size, reader.u32());
  TRY(const std::uint32_t reserved, reader.u32());
  TRY(trailer.chunk_table_checksum, reader.u64());
  TRY(trailer.block_table_checksum, reader.u64());
  if (block_size != limits::kBlockSizeBytes) return corrupt("an unknown block size");
  if (reserved != 0) return corrupt("a reserved field in use");
  TRY_DONE(check_trailer(trailer, object_size_bytes));
  return trailer;
}

Result<std::vector<XorbChunk>> parse_xorb_chunks(const XorbTrailer& trailer, ByteView table) {
  if (table.size() != trailer.chunk_count * kXorbChunkEntrySizeBytes) return corrupt("cut short");
  if (codec::block_checksum(table) != trailer.chunk_table_checksum) {
    return corrupt("a damaged chunk table");
  }
  std::vector<XorbChunk> chunks(trailer.chunk_count);
  ByteReader reader(table);
  std::uint32_t before = 0;
  for (XorbChunk& chunk : chunks) {
    TRY(const ByteView hash, reader.take(ChunkHash::kSizeBytes));
    TRY(chunk.hash, ChunkHash::from_bytes(hash));
    TRY(chunk.end_bytes, reader.u32());
    if (chunk.end_bytes <= before || chunk.end_bytes - before > limits::kChunkSizeBytesMax) {
      return corrupt("an impossible chunk");
    }
    before = chunk.end_bytes;
  }
  if (before != trailer.size_bytes) return corrupt("chunks that do not add up");
  return chunks;
}

Result<std::vector<XorbBlock>> parse_xorb_blocks(const XorbTrailer& trailer, ByteView table) {
  if (table.size() != trailer.block_count * kXorbBlockEntrySizeBytes) return corrupt("cut short");
  if (codec::block_checksum(table) != trailer.block_table_checksum) {
    return corrupt("a damaged block table");
  }
  std::vector<XorbBlock> blocks(trailer.block_count);
  ByteReader reader(table);
  std::uint64_t offset = 0;
  for (std::size_t index = 0; index < blocks.size(); ++index) {
    XorbBlock& block = blocks[index];
    TRY(block.offset_bytes, reader.u32());
    TRY(block.coded_size_bytes, reader.u32());
    TRY(block.checksum, reader.u64());
    TRY(const std::uint8_t codec_number, reader.u8());
    TRY(block.codec, codec::parse_codec(codec_number));
    TRY(const ByteView parameters, reader.take(kParameterSizeBytes));
    const std::size_t original = block_size_bytes(trailer, index);
    const bool raw = block.codec == codec::CodecId::Raw;
    const bool fits = raw ? block.coded_size_bytes == original
                          : block.coded_size_bytes > 0 && block.coded_size_bytes < original;
    if (!fits || block.offset_bytes != offset) return corrupt("an impossible block");
    for (const std::byte parameter : parameters) {
      if (parameter != std::byte{0}) return corrupt("a codec parameter that is not known");
    }
    offset += block.coded_size_bytes;
  }
  if (offset != trailer.coded_size_bytes) return corrupt("blocks that do not add up");
  return blocks;
}

}  // namespace granary::store
