// Reading chunk records one after another, each checked by its header before its payload is held.
#include "api/xet/xorb_decoder.h"

#include <algorithm>

#include "api/xet/byte_groups.h"
#include "base/limits.h"

namespace granary::api::xet {
namespace {

constexpr std::size_t kHeaderSizeBytes = 8;
constexpr std::string_view kFooterIdent = "XETBLOB";

std::uint32_t load_u24(const std::byte* at) { return load_u32(at) & 0xFF'FFFF; }

}  // namespace

XorbDecoder::XorbDecoder()
    : ungrouped_(std::make_unique_for_overwrite<std::byte[]>(limits::kChunkSizeBytesMax)) {}

Result<void> XorbDecoder::write(ByteView piece, const Sink& sink) {
  while (!piece.empty() && !in_footer_) {
    if (!header_) {
      const ByteView bytes = gather(piece, kHeaderSizeBytes);
      if (bytes.empty()) return {};
      TRY_DONE(read_header(bytes));
      gathered_.clear();
      continue;
    }
    const ByteView payload = gather(piece, header_->payload_size_bytes);
    if (payload.empty()) return {};
    TRY(const ByteView chunk, decode(*header_, payload));
    TRY_DONE(sink(chunk));
    gathered_.clear();
    header_.reset();
    ++chunk_count_;
  }
  footer_size_bytes_ += piece.size();
  if (footer_size_bytes_ > limits::kXorbFooterSizeBytesMax) {
    return fail(ErrorKind::TooLarge, "the xorb's footer is too long");
  }
  return {};
}

Result<void> XorbDecoder::finish() const {
  if (header_ || !gathered_.empty()) return invalid("cut short");
  if (chunk_count_ == 0) return fail(ErrorKind::Invalid, "a xorb without chunks");
  return {};
}

/// The next `size_bytes` of the body, from where they lie if the piece holds them all; nothing
/// while some are still to come. gathered_ is to be cleared after use.
ByteView XorbDecoder::gather(ByteView& piece, std::size_t size_bytes) {
  if (gathered_.empty() && piece.size() >= size_bytes) {
    const ByteView whole = piece.first(size_bytes);
    piece = piece.subspan(size_bytes);
    return whole;
  }
  const ByteView part = piece.first(std::min(piece.size(), size_bytes - gathered_.size()));
  gathered_.reserve(size_bytes);
  put_bytes(gathered_, part);
  piece = piece.subspan(part.size());
  return gathered_.size() == size_bytes ? ByteView(gathered_) : ByteView();
}

Result<void> XorbDecoder::read_header(ByteView bytes) {
  if (as_text(bytes).starts_with(kFooterIdent)) {
    in_footer_ = true;
    return {};
  }
  const auto version = static_cast<unsigned>(bytes[0]);
  const auto scheme = static_cast<unsigned>(bytes[4]);
  if (version != 0) return invalid("version " + std::to_string(version) + " is unknown");
  if (scheme > static_cast<unsigned>(Scheme::GroupedLz4)) {
    return invalid("compression scheme " + std::to_string(scheme) + " is unknown");
  }
  Header header{.scheme = static_cast<Scheme>(scheme),
                .payload_size_bytes = load_u24(bytes.data() + 1),
                .size_bytes = load_u32(bytes.data() + 4) >> 8};
  if (header.size_bytes == 0 || header.size_bytes > limits::kChunkSizeBytesMax) {
    return invalid("a length of " + std::to_string(header.size_bytes) + " bytes");
  }
  if (header.payload_size_bytes == 0 ||
      header.payload_size_bytes > limits::kXorbPayloadSizeBytesMax) {
    return invalid("a payload of " + std::to_string(header.payload_size_bytes) + " bytes");
  }
  if (header.scheme == Scheme::None && header.payload_size_bytes != header.size_bytes) {
    return invalid("two lengths for bytes that are not compressed");
  }
  TRY_DONE(count(header));
  header_ = header;
  return {};
}

/// Adds the record to the sums. Errors: TooLarge.
Result<void> XorbDecoder::count(const Header& header) {
  if (chunk_count_ == limits::kXorbChunkCountMax) {
    return fail(ErrorKind::TooLarge, "a xorb of more than 8192 chunks");
  }
  size_bytes_ += header.size_bytes;
  sent_size_bytes_ += kHeaderSizeBytes + header.payload_size_bytes;
  if (size_bytes_ > limits::kXorbSizeBytesMax ||
      sent_size_bytes_ > limits::kXorbRecordsSizeBytesMax) {
    return fail(ErrorKind::TooLarge, "a xorb of more than 64 MiB");
  }
  return {};
}

Result<ByteView> XorbDecoder::decode(const Header& header, ByteView payload) {
  if (header.scheme == Scheme::None) return payload;
  auto decoded = frames_.decode(payload, header.size_bytes);
  if (!decoded) return invalid(decoded.error().message);
  if (header.scheme == Scheme::Lz4) return *decoded;
  const std::span<std::byte> original(ungrouped_.get(), header.size_bytes);
  ungroup_by_four(*decoded, original);
  return original;
}

tl::unexpected<Error> XorbDecoder::invalid(std::string_view what) const {
  return fail(ErrorKind::Invalid,
              "chunk " + std::to_string(chunk_count_) + " of the xorb: " + std::string(what));
}

}  // namespace granary::api::xet
