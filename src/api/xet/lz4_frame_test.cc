// LZ4 frames: every form that a client may write is read, and nothing but one whole frame is.
#include "api/xet/lz4_frame.h"

#include <gtest/gtest.h>

#include "api/xet/wire_testing.h"
#include "base/limits.h"

namespace granary::api::xet {
namespace {

using namespace testing;

constexpr std::size_t kMost = limits::kChunkSizeBytesMax;

Bytes decoded(Lz4FrameDecoder& decoder, ByteView frame, std::size_t size_bytes) {
  const auto bytes = decoder.decode(frame, size_bytes);
  if (!bytes) return bytes_of(bytes.error().message);
  return {bytes->begin(), bytes->end()};
}

std::string refusal(ByteView frame, std::size_t size_bytes) {
  static Lz4FrameDecoder decoder;  // what one frame leaves behind must not matter to the next
  const auto bytes = decoder.decode(frame, size_bytes);
  if (bytes) return "taken";
  EXPECT_EQ(bytes.error().kind, ErrorKind::Invalid);
  return bytes.error().message;
}

std::vector<FrameOptions> every_kind() {
  std::vector<FrameOptions> kinds;
  for (const auto size : {LZ4F_max64KB, LZ4F_max256KB, LZ4F_max1MB, LZ4F_max4MB}) {
    for (const auto mode : {LZ4F_blockLinked, LZ4F_blockIndependent}) {
      for (const int flags : {0, 1, 2, 4, 7}) {
        for (const int level : {0, 9}) {
          kinds.push_back({.block_size = size,
                           .mode = mode,
                           .content_size = (flags & 1) != 0,
                           .content_checksum = (flags & 2) != 0,
                           .block_checksums = (flags & 4) != 0,
                           .level = level});
        }
      }
    }
  }
  return kinds;
}

TEST(Lz4Frame, EveryKindOfFrameIsReadByOneDecoder) {
  Lz4FrameDecoder decoder;
  for (const std::size_t size : {std::size_t{1}, std::size_t{65'537}, kMost}) {
    for (const Bytes& original : {text_bytes(size), random_bytes(size)}) {
      for (const FrameOptions& kind : every_kind()) {
        EXPECT_EQ(decoded(decoder, lz4_frame(original, kind), size), original)
            << size << ' ' << kind.block_size << ' ' << kind.mode << ' ' << kind.level;
      }
    }
  }
}

TEST(Lz4Frame, OneThatExpandsBeyondItsHeaderIsRefused) {
  const std::string_view expected = "an LZ4 frame that expands beyond what its header says";
  for (const FrameOptions& kind : every_kind()) {
    EXPECT_EQ(refusal(lz4_frame(Bytes(1000), kind), 999), expected);
    EXPECT_EQ(refusal(lz4_frame(Bytes(64 * limits::kMiB / 1024), kind), 1), expected);
  }
  // 16 MiB of zeros in about 64 KiB: not more than a block of it is made.
  EXPECT_EQ(refusal(lz4_frame(Bytes(16 * limits::kMiB)), kMost), expected);
}

TEST(Lz4Frame, OneOfFewerBytesThanItsHeaderSaysIsRefused) {
  EXPECT_EQ(refusal(lz4_frame(text_bytes(1000)), 1001),
            "an LZ4 frame of fewer bytes than its header says");
  EXPECT_EQ(refusal(lz4_frame({}), 1), "an LZ4 frame of fewer bytes than its header says");
}

TEST(Lz4Frame, NothingMayFollowIt) {
  const Bytes frame = lz4_frame(text_bytes(1000));
  EXPECT_EQ(refusal(join({frame, Bytes(1)}), 1000), "an LZ4 frame with bytes after it");
  const Bytes half = lz4_frame(text_bytes(500));
  EXPECT_EQ(refusal(join({half, half}), 1000), "an LZ4 frame with bytes after it");
  EXPECT_EQ(refusal(join({frame, lz4_frame({})}), 1000), "an LZ4 frame with bytes after it");
}

TEST(Lz4Frame, ASkippableFrameIsNone) {
  const Bytes skippable = from_hex("50 2a 4d 18 02 00 00 00 61 62");
  EXPECT_EQ(refusal(join({skippable, lz4_frame(text_bytes(10))}), 10),
            "an LZ4 frame with bytes after it");
}

TEST(Lz4Frame, EveryPrefixIsRefused) {
  for (const FrameOptions& kind : every_kind()) {
    const Bytes frame = lz4_frame(text_bytes(200), kind);
    for (std::size_t size = 0; size < frame.size(); ++size) {
      EXPECT_NE(refusal(ByteView(frame).first(size), 200), "taken") << size;
    }
  }
}

TEST(Lz4Frame, ChecksumsAndTheContentSizeAreHeldAgainstTheBytes) {
  const Bytes original = random_bytes(1000);  // stored as it is: a changed byte still decodes
  for (const FrameOptions& kind :
       {FrameOptions{.content_checksum = true}, FrameOptions{.block_checksums = true}}) {
    Bytes frame = lz4_frame(original, kind);
    frame[500] ^= std::byte{1};
    EXPECT_NE(refusal(frame, 1000), "taken");
  }
  Bytes frame = lz4_frame(text_bytes(1000), {.content_size = true});
  frame[6] ^= std::byte{1};
  EXPECT_NE(refusal(frame, 1000), "taken");
}

TEST(Lz4Frame, ADecoderWorksOnAfterAFrameThatItRefused) {
  Lz4FrameDecoder decoder;
  const Bytes original = text_bytes(kMost);
  const Bytes frame = lz4_frame(original, {.mode = LZ4F_blockLinked});
  for (const std::size_t size : {std::size_t{10}, frame.size() / 2, frame.size() - 1}) {
    EXPECT_FALSE(decoder.decode(ByteView(frame).first(size), kMost));
    EXPECT_EQ(decoded(decoder, frame, kMost), original);
  }
}

}  // namespace
}  // namespace granary::api::xet
