// The xorb decoder: all that clients send is read, however it is cut; whatever lies is refused.
#include "api/xet/xorb_decoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "api/xet/wire_testing.h"
#include "base/limits.h"

namespace granary::api::xet {
namespace {

using namespace testing;

struct Outcome {
  std::vector<Bytes> chunks;
  std::string refusal;  // empty if the whole body was taken
  ErrorKind kind = ErrorKind::Internal;

  void refuse(const Error& error) {
    refusal = error.message;
    kind = error.kind;
  }
};

/// Feeds a body in pieces of `piece_size` bytes.
Outcome outcome_of(ByteView body, std::size_t piece_size = SIZE_MAX) {
  XorbDecoder decoder;
  Outcome outcome;
  const auto sink = [&](ByteView chunk) -> Result<void> {
    outcome.chunks.emplace_back(chunk.begin(), chunk.end());
    return {};
  };
  while (!body.empty()) {
    // A copy of its own, so that a look beyond the piece is seen by the sanitizer.
    const ByteView next = body.first(std::min(body.size(), piece_size));
    const Bytes piece(next.begin(), next.end());
    body = body.subspan(piece.size());
    if (const auto written = decoder.write(piece, sink); !written) {
      outcome.refuse(written.error());
      return outcome;
    }
  }
  if (const auto finished = decoder.finish(); !finished) outcome.refuse(finished.error());
  return outcome;
}

std::string refusal(ByteView body) {
  const Outcome outcome = outcome_of(body);
  if (!outcome.refusal.empty()) EXPECT_EQ(outcome.kind, ErrorKind::Invalid);
  return outcome.refusal;
}

Bytes small_body() {
  return join({record_of(0, random_bytes(100)), record_of(1, text_bytes(500)),
               record_of(2, bf16_bytes(402)), record_of(1, text_bytes(1))});
}

std::vector<Bytes> small_chunks() {
  return {random_bytes(100), text_bytes(500), bf16_bytes(402), text_bytes(1)};
}

/// A footer of version 1, as clients sent it until 2025: only its beginning and length matter.
Bytes footer(std::size_t size_bytes = 92) {
  Bytes bytes = bytes_of("XETBLOB\1");
  bytes.resize(size_bytes);
  return bytes;
}

TEST(XorbDecoder, GivesTheChunksOfEveryScheme) {
  EXPECT_EQ(outcome_of(small_body()).refusal, "");
  EXPECT_EQ(outcome_of(small_body()).chunks, small_chunks());
}

TEST(XorbDecoder, TheExampleOfTheFormatPage) {
  const Bytes body = from_hex(
      "00 030000 00 030000 616263"
      "00 1a0000 01 200000 04224d18 60 40 82 0b000000 1f 61 0100 07 50 6161616161 00000000"
      "00 190000 02 0a0000 04224d18 60 40 82 0a000080 000408 010509 0206 0307 00000000");
  const std::vector<Bytes> chunks = {bytes_of("abc"), Bytes(32, std::byte{'a'}),
                                     from_hex("00010203040506070809")};
  EXPECT_EQ(outcome_of(body).refusal, "");
  EXPECT_EQ(outcome_of(body).chunks, chunks);
  EXPECT_EQ(
      to_hex(join({record_of(0, chunks[0]), record_of(1, chunks[1]), record_of(2, chunks[2])})),
      to_hex(body));
}

TEST(XorbDecoder, OneByteAtATimeGivesTheSameAsAllAtOnce) {
  const Bytes body = join({small_body(), footer()});
  for (const std::size_t piece_size : {1u, 2u, 3u, 7u, 8u, 9u, 100u, 107u, 108u, 109u, 500u}) {
    const Outcome outcome = outcome_of(body, piece_size);
    EXPECT_EQ(outcome.refusal, "");
    EXPECT_EQ(outcome.chunks, small_chunks()) << piece_size;
  }
}

TEST(XorbDecoder, GroupedChunksOfEveryLengthModuloFourComeBack) {
  for (std::size_t size = 1; size <= 70; ++size) {
    const Bytes chunk = bf16_bytes(size);
    EXPECT_EQ(outcome_of(record_of(2, chunk)).chunks, std::vector<Bytes>{chunk}) << size;
  }
  for (std::size_t size = 131'069; size <= 131'072; ++size) {
    const Bytes chunk = bf16_bytes(size);
    EXPECT_EQ(outcome_of(record_of(2, chunk)).chunks, std::vector<Bytes>{chunk}) << size;
  }
}

TEST(XorbDecoder, FramesOfEveryKindAreReadInOneXorb) {
  Bytes body;
  std::vector<Bytes> chunks;
  for (const auto size : {LZ4F_max64KB, LZ4F_max4MB}) {
    for (const auto mode : {LZ4F_blockLinked, LZ4F_blockIndependent}) {
      for (const bool more : {false, true}) {
        const FrameOptions options{.block_size = size,
                                   .mode = mode,
                                   .content_size = more,
                                   .content_checksum = more,
                                   .block_checksums = more};
        chunks.push_back(text_bytes(100'000 + chunks.size()));
        put_bytes(body, record_of(chunks.size() % 2 == 0 ? 1 : 2, chunks.back(), options));
      }
    }
  }
  EXPECT_EQ(outcome_of(body).chunks, chunks);
  EXPECT_EQ(outcome_of(body, 65'536).chunks, chunks);
}

TEST(XorbDecoder, AFooterIsReadAndDropped) {
  for (const std::size_t size :
       {std::size_t{8}, std::size_t{92}, limits::kXorbFooterSizeBytesMax}) {
    const Outcome outcome = outcome_of(join({small_body(), footer(size)}), 1000);
    EXPECT_EQ(outcome.refusal, "");
    EXPECT_EQ(outcome.chunks, small_chunks());
  }
}

TEST(XorbDecoder, AnEndlessFooterIsRefused) {
  const Outcome outcome =
      outcome_of(join({small_body(), footer(limits::kXorbFooterSizeBytesMax + 9)}), 1000);
  EXPECT_EQ(outcome.refusal, "the xorb's footer is too long");
  EXPECT_EQ(outcome.kind, ErrorKind::TooLarge);
}

TEST(XorbDecoder, AXorbHasChunks) {
  EXPECT_EQ(refusal({}), "a xorb without chunks");
  EXPECT_EQ(refusal(footer()), "a xorb without chunks");
}

TEST(XorbDecoder, ABodyThatEndsInsideARecordIsRefused) {
  const Bytes body = small_body();
  std::set<std::size_t> boundaries;
  std::size_t end = 0;
  for (const Bytes& part : {record_of(0, random_bytes(100)), record_of(1, text_bytes(500)),
                            record_of(2, bf16_bytes(402)), record_of(1, text_bytes(1))}) {
    boundaries.insert(end += part.size());
  }
  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_EQ(refusal(ByteView(body).first(size)).empty(), boundaries.contains(size)) << size;
  }
  EXPECT_EQ(refusal(ByteView(body).first(50)), "chunk 0 of the xorb: cut short");
  EXPECT_EQ(refusal(join({body, bytes_of("XETBLOB")})), "chunk 4 of the xorb: cut short");
}

TEST(XorbDecoder, HeadersThatLieAreRefusedByName) {
  const Bytes text = text_bytes(100);
  const Bytes frame = lz4_frame(text);
  const auto of = [&](RecordHeader header) { return refusal(record(header, Bytes(300'000))); };
  const std::string chunk = "chunk 0 of the xorb: ";
  EXPECT_EQ(of({.version = 1, .payload_size_bytes = 1, .size_bytes = 1}),
            chunk + "version 1 is unknown");
  EXPECT_EQ(of({.scheme = 3, .payload_size_bytes = 1, .size_bytes = 1}),
            chunk + "compression scheme 3 is unknown");
  EXPECT_EQ(of({.scheme = 99, .payload_size_bytes = 1, .size_bytes = 1}),
            chunk + "compression scheme 99 is unknown");
  EXPECT_EQ(of({.payload_size_bytes = 0, .size_bytes = 0}), chunk + "a length of 0 bytes");
  EXPECT_EQ(of({.payload_size_bytes = 131'073, .size_bytes = 131'073}),
            chunk + "a length of 131073 bytes");
  EXPECT_EQ(of({.payload_size_bytes = 100, .size_bytes = 0xFF'FFFF}),
            chunk + "a length of 16777215 bytes");
  EXPECT_EQ(of({.scheme = 1, .payload_size_bytes = 0, .size_bytes = 5}),
            chunk + "a payload of 0 bytes");
  EXPECT_EQ(of({.scheme = 1, .payload_size_bytes = 262'145, .size_bytes = 5}),
            chunk + "a payload of 262145 bytes");
  EXPECT_EQ(of({.payload_size_bytes = 6, .size_bytes = 5}),
            chunk + "two lengths for bytes that are not compressed");
  EXPECT_EQ(
      refusal(record({.scheme = 1, .payload_size_bytes = frame.size(), .size_bytes = 99}, frame)),
      chunk + "an LZ4 frame that expands beyond what its header says");
  EXPECT_EQ(
      refusal(record({.scheme = 2, .payload_size_bytes = frame.size(), .size_bytes = 101}, frame)),
      chunk + "an LZ4 frame of fewer bytes than its header says");
}

TEST(XorbDecoder, APayloadIsOneWholeFrame) {
  const Bytes frame = lz4_frame(text_bytes(100));
  const auto of = [&](const Bytes& payload, std::size_t size) {
    return refusal(
        join({record_of(0, text_bytes(3)),
              record({.scheme = 1, .payload_size_bytes = payload.size(), .size_bytes = size},
                     payload)}));
  };
  EXPECT_EQ(of(frame, 100), "");
  const std::string chunk = "chunk 1 of the xorb: ";
  EXPECT_EQ(of(join({frame, frame}), 200), chunk + "an LZ4 frame with bytes after it");
  EXPECT_EQ(of(join({frame, Bytes(1)}), 100), chunk + "an LZ4 frame with bytes after it");
  EXPECT_EQ(of(Bytes(frame.begin(), frame.end() - 1), 100),
            chunk + "an LZ4 frame that is cut short");
  EXPECT_TRUE(of(random_bytes(100), 100).starts_with(chunk + "an LZ4 frame with "));
}

TEST(XorbDecoder, TakesEightThousandOneHundredAndNinetyTwoChunksAndNoMore) {
  const Bytes one = record_of(0, bytes_of("x"));
  Bytes body;
  for (int index = 0; index < 8192; ++index) put_bytes(body, one);
  EXPECT_EQ(outcome_of(body).refusal, "");
  EXPECT_EQ(outcome_of(join({body, footer()})).chunks.size(), 8192u);
  const Outcome outcome = outcome_of(join({body, one}));
  EXPECT_EQ(outcome.refusal, "a xorb of more than 8192 chunks");
  EXPECT_EQ(outcome.kind, ErrorKind::TooLarge);
  EXPECT_EQ(outcome.chunks.size(), 8192u);
}

TEST(XorbDecoder, TakesSixtyFourMebibytesAndNoMore) {
  const Bytes most = record_of(1, Bytes(limits::kChunkSizeBytesMax));
  XorbDecoder decoder;
  const auto sink = [](ByteView) -> Result<void> { return {}; };
  for (int index = 0; index < 512; ++index) ASSERT_TRUE(decoder.write(most, sink));
  EXPECT_EQ(decoder.size_bytes(), limits::kXorbSizeBytesMax);
  EXPECT_EQ(decoder.chunk_count(), 512u);
  EXPECT_TRUE(decoder.finish());
  const auto written = decoder.write(record_of(0, bytes_of("x")), sink);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::TooLarge);
}

TEST(XorbDecoder, PayloadsLongerThanTheirChunksAreBoundedTogether) {
  // A frame of many blocks of one byte each: five times as long as what it says.
  Bytes payload = from_hex("04224d18 60 40 82");
  while (payload.size() < 200'000) put_bytes(payload, from_hex("01000080 61"));
  put_u32(payload, 0);
  const std::size_t size = (payload.size() - 11) / 5;
  const Bytes body =
      record({.scheme = 1, .payload_size_bytes = payload.size(), .size_bytes = size}, payload);
  XorbDecoder decoder;
  const auto sink = [](ByteView) -> Result<void> { return {}; };
  std::uint64_t sent = 0;
  while (sent + body.size() <= limits::kXorbRecordsSizeBytesMax) {
    ASSERT_TRUE(decoder.write(body, sink));
    sent += body.size();
  }
  const auto written = decoder.write(body, sink);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::TooLarge);
}

TEST(XorbDecoder, AnErrorOfTheSinkEndsIt) {
  XorbDecoder decoder;
  int calls = 0;
  const auto written = decoder.write(small_body(), [&](ByteView) -> Result<void> {
    if (++calls == 2) return fail(ErrorKind::NoSpace, "full");
    return {};
  });
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::NoSpace);
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace granary::api::xet
