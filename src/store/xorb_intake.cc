// The intake of one xorb.
#include "store/xorb_intake.h"

#include <cstring>
#include <utility>

#include "base/limits.h"
#include "store/sealed_xorb.h"

namespace granary::store {

ChunkedXorbIntake::ChunkedXorbIntake(Clock& clock, object::ObjectStore& objects,
                                     meta::ContentStore& content, Intake intake)
    : clock_(clock),
      objects_(objects),
      content_(content),
      intake_(std::move(intake)),
      buffer_(limits::kIngestBufferSizeBytes) {}

Result<void> ChunkedXorbIntake::add_chunk(ByteView original) {
  if (const std::string refusal = objects_.write_refusal(); !refusal.empty()) {
    return fail(ErrorKind::Unavailable, "the store is read-only: " + refusal);
  }
  TRY_DONE(check_size(original));
  if (buffer_.size() - filled_ < original.size()) {
    const std::size_t whole = filled_ - filled_ % limits::kBlockSizeBytes;
    TRY_DONE(write_blocks(whole));
    std::memmove(buffer_.data(), buffer_.data() + whole, filled_ - whole);
    filled_ -= whole;
  }
  std::memcpy(buffer_.data() + filled_, original.data(), original.size());
  // Hashed where it lies now, so that name and bytes agree whatever becomes of the caller's.
  const chunk::Chunk chunk{chunk::chunk_hash(buffer_.view(filled_, original.size())),
                           original.size()};
  filled_ += original.size();
  tree_.add(chunk);
  if (chunks_.empty() || chunk::is_hook(chunk.hash)) {
    hooks_.push_back({chunk.hash, meta::XorbId{-1}});
  }
  const std::uint32_t start = chunks_.empty() ? 0 : chunks_.back().end_bytes;
  chunks_.push_back({chunk.hash, start + static_cast<std::uint32_t>(original.size())});
  return {};
}

Result<void> ChunkedXorbIntake::check_size(ByteView original) const {
  if (original.empty()) return fail(ErrorKind::Invalid, "an empty chunk");
  if (original.size() > limits::kChunkSizeBytesMax) {
    return fail(ErrorKind::Invalid, "a chunk over 128 KiB");
  }
  if (chunks_.size() == limits::kXorbChunkCountMax) {
    return fail(ErrorKind::Invalid, "a xorb of more than 8192 chunks");
  }
  const std::uint32_t size_bytes = chunks_.empty() ? 0 : chunks_.back().end_bytes;
  if (size_bytes + original.size() > limits::kXorbSizeBytesMax) {
    return fail(ErrorKind::Invalid, "a xorb over 64 MiB");
  }
  return {};
}

Result<void> ChunkedXorbIntake::write_blocks(std::size_t size_bytes) {
  if (!writer_) {
    TRY(auto object, objects_.create(0));
    writer_.emplace(intake_.writer(std::move(object)));
  }
  return writer_->add_blocks(buffer_.view(0, size_bytes));
}

Result<meta::NewContent> ChunkedXorbIntake::finish(const XorbHash& expected) {
  if (chunks_.empty()) return fail(ErrorKind::Invalid, "a xorb without chunks");
  const XorbHash hash = tree_.finish_xorb();
  if (hash != expected) {
    return fail(ErrorKind::Invalid, "the xorb is named " + expected.to_string() +
                                        ", its chunks make " + hash.to_string());
  }
  TRY_DONE(write_blocks(filled_));
  TRY(const std::uint64_t stored_size_bytes, writer_->finish(hash, chunks_));
  sealed_ = {.facts = {.id = {},
                       .hash = hash,
                       .generation = 0,
                       .chunk_count = static_cast<std::uint32_t>(chunks_.size()),
                       .size_bytes = chunks_.back().end_bytes,
                       .stored_size_bytes = stored_size_bytes,
                       .state = meta::XorbState::Live,
                       .created = clock_.wall_now()},
             .object = writer_->take_object()};
  meta::NewContent found;
  TRY_DONE(publish_xorbs(objects_, content_, std::span(&sealed_, 1), found));
  found.hooks = std::move(hooks_);
  return found;
}

}  // namespace granary::store
