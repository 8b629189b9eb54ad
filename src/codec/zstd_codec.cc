// The zstd codec, by libzstd's one-shot calls: memory is bounded by the block, whatever a frame
// says.
#include "codec/zstd_codec.h"

#include <zstd.h>

namespace granary::codec {
namespace {

constexpr int kLevel = 1;
// libzstd also reads the formats before 1.0, and frames to be skipped; we wrote neither.
constexpr std::uint32_t kMagic = ZSTD_MAGICNUMBER;
constexpr std::size_t kFrameSizeBytesMin = 9;

}  // namespace

std::size_t encode_zstd(ByteView original, std::span<std::byte> out) {
  const std::size_t size =
      ZSTD_compress(out.data(), out.size(), original.data(), original.size(), kLevel);
  return ZSTD_isError(size) ? 0 : size;
}

Result<void> decode_zstd(ByteView frame, std::span<std::byte> out) {
  if (frame.size() < kFrameSizeBytesMin || load_u32(frame.data()) != kMagic)
    return fail(ErrorKind::Corrupt, "not a zstd frame");
  // Else a second frame could hide behind the first.
  if (ZSTD_findFrameCompressedSize(frame.data(), frame.size()) != frame.size())
    return fail(ErrorKind::Corrupt, "not a single zstd frame");
  if (ZSTD_getFrameContentSize(frame.data(), frame.size()) != out.size())
    return fail(ErrorKind::Corrupt, "a zstd frame of another size");
  const std::size_t size = ZSTD_decompress(out.data(), out.size(), frame.data(), frame.size());
  if (ZSTD_isError(size) || size != out.size())
    return fail(ErrorKind::Corrupt, "a damaged zstd frame");
  return {};
}

}  // namespace granary::codec
