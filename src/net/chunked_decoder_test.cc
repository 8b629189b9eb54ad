// Chunked framing gives the same bytes however the input and the output are cut.
#include "net/chunked_decoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace granary::net {
namespace {

struct Outcome {
  std::string body;
  std::size_t consumed = 0;
  bool done = false;
  bool failed = false;
};

/// Decodes with at most `step` bytes of input and of output at a time.
Outcome decode(std::string_view input, std::size_t step) {
  ChunkedDecoder decoder;
  Outcome outcome;
  Bytes out(step);
  while (!decoder.done() && outcome.consumed < input.size()) {
    const auto part = as_bytes(input.substr(outcome.consumed, step));
    const auto done = decoder.decode(part, out);
    if (!done) {
      outcome.failed = true;
      return outcome;
    }
    outcome.body.append(as_text(ByteView(out).first(done->produced_bytes)));
    outcome.consumed += done->consumed_bytes;
  }
  outcome.done = decoder.done();
  return outcome;
}

TEST(ChunkedDecoder, GivesTheSameForEveryCut) {
  const std::string wire =
      "5\r\nhello\r\n1b;x=y\r\n, this is a longer chunk...\r\n0\r\nT: u\r\n\r\n";
  for (std::size_t step = 1; step <= wire.size() + 4; ++step) {
    const Outcome outcome = decode(wire + "GET", step);
    EXPECT_TRUE(outcome.done);
    EXPECT_EQ(outcome.body, "hello, this is a longer chunk...") << step;
    EXPECT_EQ(outcome.consumed, wire.size()) << "the next request must stay";
  }
}

TEST(ChunkedDecoder, IsNotDoneBeforeTheLastByte) {
  const std::string wire = "3\r\nabc\r\n0\r\n\r\n";
  for (std::size_t size = 0; size < wire.size(); ++size) {
    const Outcome outcome = decode(wire.substr(0, size), 64);
    EXPECT_FALSE(outcome.done);
    EXPECT_FALSE(outcome.failed);
  }
}

TEST(ChunkedDecoder, LetsTheReaderTakeDataItself) {
  ChunkedDecoder decoder;
  Bytes out(1);
  ASSERT_TRUE(decoder.decode(as_bytes("64\r\n"), out));
  EXPECT_EQ(decoder.data_left_bytes(), 100U);
  decoder.skip_data(100);
  EXPECT_EQ(decoder.data_left_bytes(), 0U);
  ASSERT_TRUE(decoder.decode(as_bytes("\r\n0\r\n\r\n"), out));
  EXPECT_TRUE(decoder.done());
}

TEST(ChunkedDecoder, TakesTheLargestSizeWithoutOverflow) {
  ChunkedDecoder decoder;
  Bytes out(4);
  const auto step = decoder.decode(as_bytes("ffffffffffffffff\r\nabcd"), out);
  ASSERT_TRUE(step);
  EXPECT_EQ(step->produced_bytes, 4U);
  EXPECT_EQ(decoder.data_left_bytes(), ~std::uint64_t{0} - 4);
}

}  // namespace
}  // namespace granary::net
