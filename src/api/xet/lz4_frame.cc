// Decoding an LZ4 frame into one buffer with room to spare, so that liblz4 copies nothing twice.
#include "api/xet/lz4_frame.h"

#include <lz4frame.h>

#include <string>

#include "base/limits.h"

namespace granary::api::xet {
namespace {

// liblz4 decodes straight into the caller's buffer only where a whole block fits, and xorbs come
// in blocks of up to 256 KiB. Larger ones (the JavaScript client's are of 4 MiB) it copies.
constexpr std::size_t kBufferSizeBytes = limits::kChunkSizeBytesMax + 256 * limits::kKiB;

tl::unexpected<Error> invalid(std::string_view what) {
  return fail(ErrorKind::Invalid, "an LZ4 frame " + std::string(what));
}

}  // namespace

struct Lz4FrameDecoder::State {
  LZ4F_dctx* context = nullptr;
  std::unique_ptr<std::byte[]> buffer =
      std::make_unique_for_overwrite<std::byte[]>(kBufferSizeBytes);

  State() {
    GRANARY_ASSERT(!LZ4F_isError(LZ4F_createDecompressionContext(&context, LZ4F_VERSION)));
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { LZ4F_freeDecompressionContext(context); }
};

Lz4FrameDecoder::Lz4FrameDecoder() : state_(std::make_unique<State>()) {}
Lz4FrameDecoder::~Lz4FrameDecoder() = default;
Lz4FrameDecoder::Lz4FrameDecoder(Lz4FrameDecoder&&) noexcept = default;
Lz4FrameDecoder& Lz4FrameDecoder::operator=(Lz4FrameDecoder&&) noexcept = default;

Result<ByteView> Lz4FrameDecoder::decode(ByteView frame, std::size_t size_bytes) {
  GRANARY_ASSERT(size_bytes > 0 && size_bytes <= limits::kChunkSizeBytesMax);
  LZ4F_resetDecompressionContext(state_->context);
  LZ4F_decompressOptions_t options{};
  options.stableDst = 1;
  std::size_t written = 0;
  std::size_t wanted = 1;  // what liblz4 still expects; 0 at the end of the frame
  while (wanted != 0) {
    std::size_t taken = frame.size();
    std::size_t given = kBufferSizeBytes - written;
    wanted = LZ4F_decompress(state_->context, state_->buffer.get() + written, &given, frame.data(),
                             &taken, &options);
    if (LZ4F_isError(wanted)) return invalid(std::string("with ") + LZ4F_getErrorName(wanted));
    written += given;
    frame = frame.subspan(taken);
    if (written > size_bytes) return invalid("that expands beyond what its header says");
    if (wanted != 0 && taken == 0 && given == 0) return invalid("that is cut short");
  }
  if (!frame.empty()) return invalid("with bytes after it");
  if (written != size_bytes) return invalid("of fewer bytes than its header says");
  return ByteView(state_->buffer.get(), written);
}

}  // namespace granary::api::xet
