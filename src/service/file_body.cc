// One read of the store per piece, each on the pool, so that no I/O thread waits for a disk. While
// decoded bytes are being sent, the next piece is read.
#include "service/file_body.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "net/pool.h"
#include "store/store.h"

namespace granary::service {

namespace {

class FileBody : public net::BodySource {
 public:
  FileBody(std::unique_ptr<store::FileReader> reader, ByteRange range, net::Pool& pool)
      : reader_(std::move(reader)), size_bytes_(range.size_bytes), left_(range), pool_(pool) {}

  std::optional<std::uint64_t> size_bytes() const override { return size_bytes_; }

  Task<Result<net::Piece>> next() override {
    if (left_.size_bytes == 0) co_return net::Piece{};
    if (!ahead_) ahead_ = start_reading();
    auto piece = co_await ahead_->take();
    ahead_.reset();
    if (!piece) {
      log::error("file body cut", {{"why", piece.error().message}});
      co_return tl::unexpected(std::move(piece).error());
    }
    const std::uint64_t size_bytes = piece->size_bytes();
    if (size_bytes == 0 || size_bytes > left_.size_bytes) {
      log::error("file body cut", {{"why", "the file is not as long as its facts say"}});
      co_return fail(ErrorKind::Corrupt, "a stored file is not as long as its facts say");
    }
    left_.offset_bytes += size_bytes;
    left_.size_bytes -= size_bytes;
    if (!piece->slice) {
      if (left_.size_bytes > 0) ahead_ = start_reading();
      co_return net::Piece{piece->bytes};
    }
    co_return net::Piece{net::FileSlice{.descriptor = piece->slice->descriptor,
                                        .offset_bytes = piece->slice->offset_bytes,
                                        .size_bytes = piece->slice->size_bytes}};
  }

 private:
  using Reading = net::Started<Result<store::Piece>>;

  std::optional<Reading> start_reading() {
    const std::uint64_t size = std::min<std::uint64_t>(left_.size_bytes, limits::kSendSizeBytes);
    return Reading(pool_, [reader = reader_, offset = left_.offset_bytes, size] {
      return reader->read(offset, size);
    });
  }

  std::shared_ptr<store::FileReader> reader_;  // also held by a read under way
  const std::uint64_t size_bytes_;
  ByteRange left_;
  net::Pool& pool_;
  std::optional<Reading> ahead_;
};

}  // namespace

std::unique_ptr<net::BodySource> make_file_body(std::unique_ptr<store::FileReader> reader,
                                                ByteRange range, net::Pool& pool) {
  GRANARY_ASSERT(range.offset_bytes <= reader->size_bytes());
  GRANARY_ASSERT(range.size_bytes <= reader->size_bytes() - range.offset_bytes);
  return std::make_unique<FileBody>(std::move(reader), range, pool);
}

}  // namespace granary::service
