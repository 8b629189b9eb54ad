// The xorb writer: long runs of raw blocks in one write, everything else through one buffer.
#include "store/xorb_writer.h"

#include <algorithm>
#include <cstring>

#include "base/limits.h"
#include "codec/block.h"
#include "codec/block_checksum.h"

namespace granary::store {
namespace {

constexpr std::size_t kBufferSizeBytes = 256 * limits::kKiB;

bool is_aligned(ByteView bytes) {
  const auto address = reinterpret_cast<std::uintptr_t>(bytes.data());
  return (address | bytes.size()) % AlignedBuffer::kAlignment == 0;
}

}  // namespace

Result<void> XorbWriter::add_coded(std::size_t original_size_bytes,
                                   const codec::CodedBlock& coded) {
  note(original_size_bytes, coded);
  return append(coded.bytes);
}

void XorbWriter::note(std::size_t original_size_bytes, const codec::CodedBlock& coded) {
  GRANARY_ASSERT(size_bytes_ % limits::kBlockSizeBytes == 0);
  blocks_.push_back({.offset_bytes = static_cast<std::uint32_t>(coded_size_bytes_),
                     .coded_size_bytes = static_cast<std::uint32_t>(coded.bytes.size()),
                     .codec = coded.codec,
                     .checksum = codec::block_checksum(coded.bytes)});
  size_bytes_ += original_size_bytes;
  coded_size_bytes_ += coded.bytes.size();
}

Result<void> XorbWriter::add_blocks(ByteView original) {
  const auto scratch = scratches_.lend();
  ByteView raw_run = original.first(0);  // raw blocks not yet appended, side by side
  while (!original.empty()) {
    const ByteView block = original.first(std::min(original.size(), limits::kBlockSizeBytes));
    original = original.subspan(block.size());
    codec::CodedBlock coded{codec::CodecId::Raw, block};
    if (coding_ == Coding::Best) {
      coded = codec::encode_block(scratches_.kernels(), block, {}, *scratch);
    }
    note(block.size(), coded);
    if (coded.codec == codec::CodecId::Raw) {
      raw_run = raw_run.empty() ? block : ByteView(raw_run.data(), raw_run.size() + block.size());
      continue;
    }
    TRY_DONE(append(raw_run));
    raw_run = {};
    TRY_DONE(append(coded.bytes));
  }
  return append(raw_run);
}

Result<std::uint64_t> XorbWriter::finish(const XorbHash& hash, std::span<const XorbChunk> chunks) {
  XorbTrailer trailer;
  trailer.hash = hash;
  trailer.size_bytes = size_bytes_;
  trailer.coded_size_bytes = coded_size_bytes_;
  GRANARY_ASSERT(!chunks.empty() && chunks.back().end_bytes == size_bytes_);
  TRY_DONE(append(encode_xorb_end(trailer, chunks, blocks_)));
  TRY_DONE(flush(true));
  buffer_.reset();
  TRY_DONE(object_->seal());
  return written_bytes_;
}

Result<void> XorbWriter::append(ByteView bytes) {
  if (buffered_bytes_ == 0 && is_aligned(bytes)) {
    if (bytes.empty()) return {};
    TRY_DONE(object_->write(bytes));
    written_bytes_ += bytes.size();
    return {};
  }
  if (!buffer_) buffer_.emplace(kBufferSizeBytes);
  while (!bytes.empty()) {
    const std::size_t part = std::min(bytes.size(), kBufferSizeBytes - buffered_bytes_);
    std::memcpy(buffer_->data() + buffered_bytes_, bytes.data(), part);
    buffered_bytes_ += part;
    bytes = bytes.subspan(part);
    if (buffered_bytes_ == kBufferSizeBytes) TRY_DONE(flush(false));
  }
  return {};
}

// An object that fits the buffer goes in one write; the end of a longer one in two, of which the
// first is aligned.
Result<void> XorbWriter::flush(bool all) {
  const std::size_t aligned = buffered_bytes_ - buffered_bytes_ % AlignedBuffer::kAlignment;
  const std::size_t first = all && written_bytes_ == 0 ? buffered_bytes_ : aligned;
  if (first > 0) TRY_DONE(object_->write(buffer_->view(0, first)));
  const std::size_t rest = buffered_bytes_ - first;
  if (all && rest > 0) TRY_DONE(object_->write(buffer_->view(first, rest)));
  written_bytes_ += all ? buffered_bytes_ : first;
  buffered_bytes_ = all ? 0 : rest;
  if (!all && rest > 0) std::memmove(buffer_->data(), buffer_->data() + first, rest);
  return {};
}

}  // namespace granary::store
