// File bodies read ahead, and give every byte once and in order, whatever the pieces are.
#include "service/file_body.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "base/log.h"
#include "net/block_on.h"
#include "net/pool.h"
#include "store/store.h"

namespace granary::service::testing {
namespace {

/// What all readers of one file share.
struct FakeFile {
  Bytes bytes;
  std::uint64_t piece_size_bytes = 1;
  std::uint64_t broken_from = ~std::uint64_t{0};
  std::chrono::microseconds delay{0};
  std::atomic<int> readers = 0;
  std::atomic<int> reading = 0;
  std::atomic<int> reading_max = 0;
};

/// Keeps the last two pieces, as readers must.
class FakeReader final : public store::FileReader {
 public:
  explicit FakeReader(FakeFile& file) : file_(file) { ++file_.readers; }

  std::unique_ptr<FileReader> again() const override { return std::make_unique<FakeReader>(file_); }
  std::uint64_t size_bytes() const override { return file_.bytes.size(); }
  std::uint64_t piece_end(std::uint64_t offset) const override {
    return std::min(size_bytes(), (offset / file_.piece_size_bytes + 1) * file_.piece_size_bytes);
  }
  Result<store::Piece> read(std::uint64_t offset, std::uint64_t size_max) override {
    const int reading = ++file_.reading;
    int most = file_.reading_max;
    while (reading > most && !file_.reading_max.compare_exchange_weak(most, reading)) {
    }
    std::this_thread::sleep_for(file_.delay);
    --file_.reading;
    if (offset >= file_.broken_from) return fail(ErrorKind::Corrupt, "broken");
    const std::uint64_t size = std::min(size_max, piece_end(offset) - offset);
    const auto from = file_.bytes.begin() + static_cast<std::ptrdiff_t>(offset);
    turn_ ^= 1;
    std::fill(kept_[turn_].begin(), kept_[turn_].end(), std::byte{0xEE});
    kept_[turn_].assign(from, from + static_cast<std::ptrdiff_t>(size));
    return store::Piece{.bytes = kept_[turn_], .slice = {}};
  }
  Result<void> read_exactly(std::uint64_t, std::span<std::byte>) override { return {}; }

 private:
  FakeFile& file_;
  Bytes kept_[2];
  std::size_t turn_ = 0;
};

Task<Result<Bytes>> gather(net::BodySource& body) {
  Bytes all;
  while (true) {
    CO_TRY(const net::Piece piece, co_await body.next());
    const auto* bytes = std::get_if<ByteView>(&piece);
    if (bytes == nullptr) co_return all;
    std::this_thread::sleep_for(std::chrono::microseconds(20));  // it is being sent
    put_bytes(all, *bytes);
  }
}

class FileBodyTest : public ::testing::Test {
 protected:
  FileBodyTest() {
    log::start(log::Level::Off, log::Format::Text);
    for (std::size_t at = 0; at < 50'000; ++at) {
      file.bytes.push_back(static_cast<std::byte>(at * 7 + at / 251));
    }
  }
  Result<Bytes> send(ByteRange range) {
    const auto body = make_file_body(std::make_unique<FakeReader>(file), range, pool);
    return net::block_on(gather(*body));
  }

  FakeFile file;
  net::Pool pool{4};
};

TEST_F(FileBodyTest, EveryByteComesOnceAndInOrder) {
  for (const std::uint64_t piece_size : {1'000u, 333u, 50'000u, 70'000u}) {
    file.piece_size_bytes = piece_size;
    for (const ByteRange range : {ByteRange{0, 50'000}, ByteRange{1, 49'999}, ByteRange{999, 2},
                                  ByteRange{12'345, 20'001}}) {
      const auto sent = send(range);
      ASSERT_TRUE(sent);
      EXPECT_TRUE(std::ranges::equal(
          *sent, ByteView(file.bytes).subspan(range.offset_bytes, range.size_bytes)))
          << piece_size << " from " << range.offset_bytes;
    }
  }
}

TEST_F(FileBodyTest, ASenderThatWaitsIsReadAheadForByMore) {
  file.piece_size_bytes = 1'000;
  file.delay = std::chrono::milliseconds(2);
  ASSERT_TRUE(send({0, 50'000}));
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  EXPECT_GE(file.reading_max, std::min(2, cores));
  EXPECT_LE(file.reading_max, cores);
  EXPECT_LE(file.readers, cores + 1);
}

TEST_F(FileBodyTest, AnErrorCutsTheBodyWhereItIs) {
  file.piece_size_bytes = 1'000;
  file.broken_from = 20'000;
  EXPECT_FALSE(send({0, 50'000}));
  EXPECT_TRUE(send({0, 20'000}));
}

}  // namespace
}  // namespace granary::service::testing
