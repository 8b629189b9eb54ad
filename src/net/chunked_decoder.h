// ChunkedDecoder: takes the framing off a chunked request body, strictly. Pure: bytes in, bytes
// out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"

namespace granary::net {

/// chunk = 1*16HEXDIG [ ";" extension ] CRLF data CRLF; the last has size 0 and is followed by
/// trailer fields and an empty line. Extensions and trailers are dropped. Source: RFC 9112
/// section 7.1.
class ChunkedDecoder {
 public:
  struct Step {
    std::size_t consumed_bytes;  // of the input
    std::size_t produced_bytes;  // of the output
  };

  /// Decodes until the input ends, the output is full, or the body is done.
  /// Errors: Invalid for anything but the grammar above; TooLarge for long extensions or trailers.
  Result<Step> decode(ByteView input, std::span<std::byte> output);

  bool done() const { return state_ == State::Done; }
  /// Data of the current chunk that has not come yet: it may be read without decoding, if that is
  /// told.
  std::uint64_t data_left_bytes() const { return state_ == State::Data ? left_ : 0; }
  void skip_data(std::uint64_t size_bytes);

 private:
  enum class State : std::uint8_t {
    Size,
    Extension,
    SizeEnd,
    Data,
    DataCr,
    DataLf,
    TrailerStart,
    Trailer,
    TrailerLf,
    EndLf,
    Done
  };

  Result<void> take(char c);
  Result<void> end_size_line();

  State state_ = State::Size;
  std::uint8_t digit_count_ = 0;
  std::uint16_t line_size_bytes_ = 0;  // of an extension, or of all trailers
  std::uint64_t left_ = 0;
};

}  // namespace granary::net
