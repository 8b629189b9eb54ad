// Tests of pump: every byte arrives in order, reading and working overlap, and errors end both.
#include "net/pump.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <thread>

#include "base/limits.h"
#include "net/block_on.h"
#include "net/body.h"
#include "net/pool.h"

namespace granary::net {
namespace {

/// Gives `text` in pieces of at most `piece_size`, then the end, or an error in its place.
class TextBody final : public Body {
 public:
  TextBody(std::string text, std::size_t piece_size, bool breaks = false)
      : text_(std::move(text)), piece_size_(piece_size), breaks_(breaks) {}

  Task<Result<std::size_t>> read(std::span<std::byte> out) override {
    const std::size_t size = std::min({out.size(), piece_size_, text_.size() - at_});
    if (size == 0 && breaks_) co_return fail(ErrorKind::Unavailable, "the client left");
    std::ranges::copy(as_bytes(std::string_view(text_).substr(at_, size)), out.begin());
    at_ += size;
    given = at_;
    co_return size;
  }
  std::optional<std::uint64_t> size_bytes() const override {
    return is_sized ? std::optional<std::uint64_t>(text_.size()) : std::nullopt;
  }

  bool is_sized = false;
  std::atomic<std::size_t> given = 0;

 private:
  std::string text_;
  std::size_t piece_size_;
  bool breaks_;
  std::size_t at_ = 0;
};

std::string some_text(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 131 + i / 4099);
  return text;
}

TEST(Pump, EveryByteArrivesInOrderWhateverTheSizes) {
  Pool pool(2);
  constexpr std::size_t kBuffer = limits::kBodyBufferSizeBytes;
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{4096}, kBuffer - 1,
                                 kBuffer, kBuffer + 1, 3 * kBuffer}) {
    for (const bool is_sized : {false, true}) {
      const std::string text = some_text(size);
      TextBody body(text, 100'003);
      body.is_sized = is_sized;
      std::string taken;
      Sink sink = [&](ByteView bytes) -> Result<void> {
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(bytes.data()) % 4096, 0u);
        taken += as_text(bytes);
        return {};
      };
      const auto pumped = block_on(pump(body, pool, std::move(sink)));
      ASSERT_TRUE(pumped);
      EXPECT_EQ(*pumped, size);
      EXPECT_TRUE(taken == text) << size;
    }
  }
}

TEST(Pump, TheNextBufferIsReadWhileTheSinkWorks) {
  Pool pool(1);
  constexpr std::size_t kBuffer = limits::kBodyBufferSizeBytes;
  TextBody body(some_text(4 * kBuffer), kBuffer);
  std::size_t calls = 0;
  Sink sink = [&](ByteView) -> Result<void> {
    ++calls;
    const std::size_t wanted = std::min<std::size_t>(4, calls + 1) * kBuffer;
    while (body.given < wanted) std::this_thread::yield();
    return {};
  };
  ASSERT_TRUE(block_on(pump(body, pool, std::move(sink))));
  EXPECT_EQ(calls, 4u);
}

TEST(Pump, TheSinksErrorEndsTheReading) {
  Pool pool(1);
  constexpr std::size_t kBuffer = limits::kBodyBufferSizeBytes;
  TextBody body(some_text(8 * kBuffer), kBuffer);
  int calls = 0;
  Sink sink = [&](ByteView) -> Result<void> {
    ++calls;
    return fail(ErrorKind::NoSpace, "full");
  };
  const auto pumped = block_on(pump(body, pool, std::move(sink)));
  ASSERT_FALSE(pumped);
  EXPECT_EQ(pumped.error().kind, ErrorKind::NoSpace);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(body.given, 2 * kBuffer);
}

TEST(Pump, AThrowingSinkIsAnInternalError) {
  Pool pool(1);
  TextBody body("hello", 5);
  Sink sink = [](ByteView) -> Result<void> { throw std::runtime_error("bug"); };
  const auto pumped = block_on(pump(body, pool, std::move(sink)));
  ASSERT_FALSE(pumped);
  EXPECT_EQ(pumped.error().kind, ErrorKind::Internal);
}

TEST(Pump, AClientThatLeavesEndsItAfterTheSinksLastCall) {
  Pool pool(1);
  constexpr std::size_t kBuffer = limits::kBodyBufferSizeBytes;
  TextBody body(some_text(kBuffer + 10), kBuffer, true);
  std::atomic<bool> is_working = false;
  Sink sink = [&](ByteView) -> Result<void> {
    is_working = true;
    std::this_thread::yield();
    is_working = false;
    return {};
  };
  const auto pumped = block_on(pump(body, pool, std::move(sink)));
  ASSERT_FALSE(pumped);
  EXPECT_EQ(pumped.error().kind, ErrorKind::Unavailable);
  EXPECT_FALSE(is_working);
}

}  // namespace
}  // namespace granary::net
