// A xorb as clients send it, decoded as it comes: chunk after chunk of original bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "api/xet/lz4_frame.h"
#include "base/bytes.h"
#include "base/result.h"

namespace granary::api::xet {

/// Reads the body of a xorb in pieces, cut anywhere, and holds one chunk's record at a time. What
/// it gives is bounded and well formed, no more: hashing the chunks is for who takes them.
/// After an error it takes no more. By one thread at a time.
/// Source: docs/formats/xet-wire.md.
class XorbDecoder {
 public:
  /// Takes a chunk's original bytes, 1 to limits::kChunkSizeBytesMax; they last for the call.
  using Sink = std::function<Result<void>(ByteView chunk)>;

  XorbDecoder();

  /// Gives `sink` each chunk that `piece` completes, in order. A footer is read and dropped.
  /// Errors: Invalid for a malformed record, naming the chunk by its number from 0; TooLarge for
  /// more than limits::kXorbChunkCountMax chunks, limits::kXorbSizeBytesMax original bytes,
  /// limits::kXorbRecordsSizeBytesMax as sent or limits::kXorbFooterSizeBytesMax after them;
  /// whatever `sink` gives.
  Result<void> write(ByteView piece, const Sink& sink);

  /// Says that the body has ended. Errors: Invalid inside a record or without any chunk.
  Result<void> finish() const;

  std::uint32_t chunk_count() const { return chunk_count_; }
  std::uint64_t size_bytes() const { return size_bytes_; }  // original

 private:
  enum class Scheme : std::uint8_t { None = 0, Lz4 = 1, GroupedLz4 = 2 };
  struct Header {
    Scheme scheme = Scheme::None;
    std::uint32_t payload_size_bytes = 0;
    std::uint32_t size_bytes = 0;
  };

  ByteView gather(ByteView& piece, std::size_t size_bytes);
  Result<void> read_header(ByteView bytes);
  Result<void> count(const Header& header);
  Result<ByteView> decode(const Header& header, ByteView payload);
  tl::unexpected<Error> invalid(std::string_view what) const;

  std::optional<Header> header_;  // of the record whose payload is awaited
  Bytes gathered_;  // the start of a header or payload that a piece did not hold whole
  Lz4FrameDecoder frames_;
  std::unique_ptr<std::byte[]> ungrouped_;
  std::uint32_t chunk_count_ = 0;  // decoded; while a payload is awaited, its number
  std::uint64_t size_bytes_ = 0;
  std::uint64_t sent_size_bytes_ = 0;  // of all records, with their headers
  std::uint64_t footer_size_bytes_ = 0;
  bool in_footer_ = false;
};

}  // namespace granary::api::xet
