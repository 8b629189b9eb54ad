// ConnectionBody: the body of the request that a connection is at, read from its stream on demand.
#pragma once

#include <optional>
#include <string_view>

#include "net/body.h"
#include "net/chunked_decoder.h"
#include "net/counters.h"
#include "net/input_buffer.h"
#include "net/request_head.h"
#include "net/stream.h"

namespace granary::net {

class ConnectionBody final : public Body {
 public:
  /// All outlive the body. `input` holds what came together with the head. Does not keep `head`.
  ConnectionBody(const RequestHead& head, Stream& stream, InputBuffer& input, Counters& counters);

  Task<Result<std::size_t>> read(std::span<std::byte> out) override;
  std::optional<std::uint64_t> size_bytes() const override { return size_bytes_; }

  /// Whether the next request may follow on this connection, if what is left is dropped first.
  /// False if too much is left, if the body broke, or if the client was never told whether to send
  /// it.
  bool can_be_skipped() const;
  /// Reads and drops what is left. Gives whether the end was reached within bounds.
  Task<bool> skip();
  std::uint64_t received_bytes() const { return received_bytes_; }

 private:
  Task<Result<void>> begin();
  Task<Result<std::size_t>> read_plain(std::span<std::byte> out);
  Task<Result<std::size_t>> read_chunked(std::span<std::byte> out);
  Task<Result<std::size_t>> receive(std::span<std::byte> out);
  bool at_end() const { return chunked_ ? decoder_.done() : left_bytes_ == 0; }

  Stream& stream_;
  InputBuffer& input_;
  Counters& counters_;
  std::optional<std::uint64_t> size_bytes_;
  std::uint64_t left_bytes_ = 0;  // if not chunked
  std::uint64_t received_bytes_ = 0;  // of content, without framing
  ChunkedDecoder decoder_;
  bool chunked_;
  bool must_continue_;  // 100 Continue is still to be sent
  bool coded_;  // has a Content-Encoding that we do not decode
  bool failed_ = false;
};

}  // namespace granary::net
