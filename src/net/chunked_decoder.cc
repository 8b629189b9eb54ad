// A byte-at-a-time machine for the framing; data between it is copied in runs.
#include "net/chunked_decoder.h"

#include <algorithm>
#include <cstring>

#include "base/limits.h"

namespace granary::net {
namespace {

constexpr std::uint8_t kSizeDigitCountMax = 16;  // 64 bits

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

bool is_text(char c) { return static_cast<std::uint8_t>(c) >= 0x20 ? c != 0x7f : c == '\t'; }

}  // namespace

Result<ChunkedDecoder::Step> ChunkedDecoder::decode(ByteView input, std::span<std::byte> output) {
  Step step{0, 0};
  while (!done() && step.consumed_bytes < input.size()) {
    if (state_ != State::Data) {
      TRY_DONE(take(static_cast<char>(input[step.consumed_bytes])));
      ++step.consumed_bytes;
      continue;
    }
    const std::size_t room =
        std::min(input.size() - step.consumed_bytes, output.size() - step.produced_bytes);
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(room, left_));
    if (count == 0) break;
    std::memcpy(output.data() + step.produced_bytes, input.data() + step.consumed_bytes, count);
    step.consumed_bytes += count;
    step.produced_bytes += count;
    skip_data(count);
  }
  return step;
}

void ChunkedDecoder::skip_data(std::uint64_t size_bytes) {
  GRANARY_ASSERT(state_ == State::Data && size_bytes <= left_);
  left_ -= size_bytes;
  if (left_ == 0) state_ = State::DataCr;
}

Result<void> ChunkedDecoder::end_size_line() {
  if (digit_count_ == 0) return fail(ErrorKind::Invalid, "a chunk without size");
  state_ = left_ == 0 ? State::TrailerStart : State::Data;
  digit_count_ = 0;
  line_size_bytes_ = 0;
  return {};
}

Result<void> ChunkedDecoder::take(char c) {
  const auto want = [&](char wanted, State next) -> Result<void> {
    if (c != wanted) return fail(ErrorKind::Invalid, "malformed chunk");
    state_ = next;
    return {};
  };
  switch (state_) {
    case State::Size: {
      if (const int digit = hex_value(c); digit >= 0) {
        if (++digit_count_ > kSizeDigitCountMax) {
          return fail(ErrorKind::Invalid, "chunk size too long");
        }
        left_ = left_ * 16 + static_cast<std::uint64_t>(digit);
        return {};
      }
      if (c == ';' && digit_count_ > 0) return want(';', State::Extension);
      return want('\r', State::SizeEnd);
    }
    case State::Extension:
      if (c == '\r') return want('\r', State::SizeEnd);
      if (!is_text(c)) return fail(ErrorKind::Invalid, "malformed chunk extension");
      if (++line_size_bytes_ > limits::kChunkExtensionSizeBytesMax) {
        return fail(ErrorKind::TooLarge, "chunk extension too long");
      }
      return {};
    case State::SizeEnd: TRY_DONE(want('\n', State::Size)); return end_size_line();
    case State::DataCr: return want('\r', State::DataLf);
    case State::DataLf: return want('\n', State::Size);
    case State::TrailerStart:
      if (c == '\r') return want('\r', State::EndLf);
      state_ = State::Trailer;
      [[fallthrough]];
    case State::Trailer:
      if (c == '\r') return want('\r', State::TrailerLf);
      if (!is_text(c)) return fail(ErrorKind::Invalid, "malformed trailer");
      if (++line_size_bytes_ > limits::kTrailerSizeBytesMax) {
        return fail(ErrorKind::TooLarge, "trailers too long");
      }
      return {};
    case State::TrailerLf: return want('\n', State::TrailerStart);
    case State::EndLf: return want('\n', State::Done);
    case State::Data:
    case State::Done: break;
  }
  return fail(ErrorKind::Invalid, "malformed chunk");
}

}  // namespace granary::net
