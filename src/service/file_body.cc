// One read of the store per piece, each on the pool, so that no I/O thread waits for a disk. While
// decoded bytes are being sent, those that follow are decoded: more of them at once the more often
// the sender had to wait.
#include "service/file_body.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "base/limits.h"
#include "base/log.h"
#include "net/pool.h"
#include "store/store.h"

namespace granary::service {

namespace {

constexpr std::size_t kBlocksAheadMax = 8;  // each 256 KiB or less, of one body

std::size_t ahead_max() {
  return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, kBlocksAheadMax);
}

class FileBody : public net::BodySource {
 public:
  FileBody(std::unique_ptr<store::FileReader> reader, ByteRange range, net::Pool& pool)
      : size_bytes_(range.size_bytes),
        sent_to_(range.offset_bytes),
        read_to_(range.offset_bytes),
        end_(range.offset_bytes + range.size_bytes),
        pool_(pool),
        first_(std::move(reader)),
        free_{first_} {}

  std::optional<std::uint64_t> size_bytes() const override { return size_bytes_; }

  Task<Result<net::Piece>> next() override {
    if (sent_to_ == end_) co_return net::Piece{};
    if (ahead_.empty()) {
      start_reading(std::min(end_, sent_to_ + limits::kSendSizeBytes));
    } else if (!ahead_.front().piece.is_done()) {
      ahead_count_ = std::min(ahead_count_ + 1, ahead_max());
    }
    Reading reading = std::move(ahead_.front());
    ahead_.pop_front();
    auto piece = co_await reading.piece.take();
    if (!piece) {
      log::error("file body cut", {{"why", piece.error().message}});
      co_return tl::unexpected(std::move(piece).error());
    }
    const std::uint64_t size_bytes = piece->size_bytes();
    const std::uint64_t size_bytes_max = reading.end - sent_to_;
    const bool is_followed = !ahead_.empty();
    if (size_bytes == 0 || size_bytes > size_bytes_max ||
        (is_followed && size_bytes < size_bytes_max)) {
      log::error("file body cut", {{"why", "the file is not as long as its facts say"}});
      co_return fail(ErrorKind::Corrupt, "a stored file is not as long as its facts say");
    }
    sent_to_ += size_bytes;
    if (!is_followed) read_to_ = sent_to_;
    free_.push_back(std::move(reading.reader));
    if (!piece->slice) {
      read_ahead();
      co_return net::Piece{piece->bytes};
    }
    co_return net::Piece{net::FileSlice{.descriptor = piece->slice->descriptor,
                                        .offset_bytes = piece->slice->offset_bytes,
                                        .size_bytes = piece->slice->size_bytes}};
  }

 private:
  struct Reading {
    std::shared_ptr<store::FileReader> reader;  // also held by the work
    std::uint64_t end = 0;  // in the file
    net::Started<Result<store::Piece>> piece;
  };

  void read_ahead() {
    while (ahead_.size() < ahead_count_ && read_to_ < end_) {
      start_reading(std::min(end_, first_->piece_end(read_to_)));
    }
  }

  // What a free reader gave last may still be being sent, and stays for one more read.
  void start_reading(std::uint64_t end) {
    if (free_.empty()) free_.push_back(first_->again());
    std::shared_ptr<store::FileReader> reader = std::move(free_.front());
    free_.pop_front();
    auto read = [reader, offset = read_to_, size = end - read_to_] {
      return reader->read(offset, size);
    };
    ahead_.push_back({std::move(reader), end, {pool_, std::move(read)}});
    read_to_ = end;
  }

  const std::uint64_t size_bytes_;
  std::uint64_t sent_to_;  // in the file
  std::uint64_t read_to_;
  const std::uint64_t end_;
  net::Pool& pool_;
  const std::shared_ptr<store::FileReader> first_;
  std::deque<std::shared_ptr<store::FileReader>> free_;
  std::deque<Reading> ahead_;  // in the file's order
  std::size_t ahead_count_ = 1;
};

}  // namespace

std::unique_ptr<net::BodySource> make_file_body(std::unique_ptr<store::FileReader> reader,
                                                ByteRange range, net::Pool& pool) {
  GRANARY_ASSERT(range.offset_bytes <= reader->size_bytes());
  GRANARY_ASSERT(range.size_bytes <= reader->size_bytes() - range.offset_bytes);
  return std::make_unique<FileBody>(std::move(reader), range, pool);
}

}  // namespace granary::service
