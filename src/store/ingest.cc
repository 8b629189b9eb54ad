// Ingest of one file: the passes over its bytes, and what becomes of each chunk.
#include "store/ingest.h"

#include <algorithm>
#include <cstring>

#include "base/limits.h"

namespace granary::store {
namespace {

// Each slice goes through all the passes while it is in the core's own cache.
constexpr std::size_t kSliceSizeBytes = 128 * limits::kKiB;

// What make_room leaves: less than a block of new bytes, an undecided run, the chunk under way.
static_assert(limits::kBlockSizeBytes + limits::kDedupeRunSizeBytesMin +
                  2 * limits::kChunkSizeBytesMax + kSliceSizeBytes <
              limits::kIngestBufferSizeBytes);

}  // namespace

StreamIngest::StreamIngest(const IngestParts& parts, IngestPlan plan)
    : parts_(parts), plan_(std::move(plan)), buffer_(limits::kIngestBufferSizeBytes) {}

Result<void> StreamIngest::write(ByteView bytes) {
  if (const std::string refusal = parts_.objects.write_refusal(); !refusal.empty()) {
    return fail(ErrorKind::Unavailable, "the store is read-only: " + refusal);
  }
  const std::uint64_t size_max = plan_.size_bytes.value_or(limits::kFileSizeBytesMax);
  if (bytes.size() > size_max - size_bytes_) {
    return fail(plan_.size_bytes ? ErrorKind::Invalid : ErrorKind::TooLarge,
                "more bytes than " + std::to_string(size_max));
  }
  while (!bytes.empty()) {
    const ByteView slice = bytes.first(std::min(bytes.size(), kSliceSizeBytes));
    bytes = bytes.subspan(slice.size());
    TRY_DONE(take(slice));
  }
  return {};
}

Result<void> StreamIngest::take(ByteView slice) {
  if (buffer_.size() - filled_ < slice.size()) TRY_DONE(make_room());
  std::memcpy(buffer_.data() + filled_, slice.data(), slice.size());
  ByteView fresh = buffer_.view(filled_, slice.size());
  sha256_.update(fresh);
  size_bytes_ += fresh.size();
  filled_ += fresh.size();
  while (const auto end = chunker_.next_boundary(fresh)) {
    fresh = fresh.subspan(*end);
    TRY_DONE(end_chunk(filled_ - fresh.size()));
  }
  return {};
}

Result<void> StreamIngest::end_chunk(std::size_t end) {
  const ByteView bytes = buffer_.view(chunk_start_, end - chunk_start_);
  const PlacedChunk placed{{chunk::chunk_hash(bytes), bytes.size()}, chunk_start_};
  const ChunkHash& hash = placed.chunk.hash;
  chunk_start_ = end;
  file_tree_.add(placed.chunk);
  const bool is_first = !first_chunk_;
  if (is_first) first_chunk_ = hash;

  if (run_ && list_of(*run_).has_at(run_->end, hash)) {
    extend_run(placed);
    return {};
  }
  // Where one xorb's chunks end, the first chunk of another may follow: each is a hook.
  const bool ran_out = run_ && run_->known && run_->end == run_->known->list.count();
  TRY_DONE(end_run(RunEnd::Broken));
  run_ = find_run(hash, is_first || ran_out || chunk::is_hook(hash));
  if (!run_) return store_chunk(placed);
  extend_run(placed);
  return {};
}

void StreamIngest::extend_run(const PlacedChunk& placed) {
  ++run_->end;
  run_->size_bytes += static_cast<std::uint32_t>(placed.chunk.size_bytes);
  if (run_->accepted) return;
  waiting_.push_back(placed);
  run_->accepted = waiting_.size() >= limits::kDedupeRunChunkCountMin ||
                   run_->size_bytes >= limits::kDedupeRunSizeBytesMin;
  if (run_->accepted) waiting_.clear();
}

Result<void> StreamIngest::end_run(RunEnd how) {
  if (!run_) return {};
  if (run_->accepted || how == RunEnd::FileEnd) {
    add_term({.xorb = run_->known ? run_->known->id : open_xorb_id(),
              .chunk_start = run_->start,
              .chunk_end = run_->end,
              .offset_bytes = list_of(*run_).start_bytes(run_->start),
              .size_bytes = run_->size_bytes});
    waiting_.clear();
  }
  run_.reset();
  const std::vector<PlacedChunk> rejected = std::exchange(waiting_, {});
  for (const PlacedChunk& placed : rejected) TRY_DONE(store_chunk(placed));
  return {};
}

std::optional<StreamIngest::Run> StreamIngest::find_run(const ChunkHash& hash, bool may_be_hook) {
  if (terms_.size() >= limits::kDedupedTermCountMax) return std::nullopt;
  const auto run_at = [](std::shared_ptr<const KnownXorb> known, std::uint32_t index) {
    return Run{.known = std::move(known), .start = index, .end = index};
  };
  if (const auto index = open_list_.find(hash)) return run_at(nullptr, *index);
  for (const auto& known : recent_) {
    if (const auto index = known->list.find(hash)) return run_at(known, *index);
  }
  if (!may_be_hook) return std::nullopt;
  const meta::XorbScope* const scope = plan_.scope ? &*plan_.scope : nullptr;
  for (auto& known : parts_.known.find(hash, scope)) remember(std::move(known));
  for (const auto& known : recent_) {
    if (const auto index = known->list.find(hash)) return run_at(known, *index);
  }
  return std::nullopt;
}

void StreamIngest::remember(std::shared_ptr<const KnownXorb> known) {
  std::erase_if(recent_, [&](const auto& other) { return other->id == known->id; });
  recent_.insert(recent_.begin(), std::move(known));
  if (recent_.size() > limits::kKnownXorbsPerIngestMax) recent_.pop_back();
}

const ChunkList& StreamIngest::list_of(const Run& run) const {
  return run.known ? run.known->list : open_list_;
}

// A new chunk: it joins those that are to be written.
Result<void> StreamIngest::store_chunk(const PlacedChunk& placed) {
  const auto size_bytes = static_cast<std::uint32_t>(placed.chunk.size_bytes);
  const std::uint32_t open_size_bytes = open_list_.start_bytes(open_list_.count());
  if (open_list_.count() == limits::kXorbChunkCountMax ||
      open_size_bytes + size_bytes > limits::kXorbSizeBytesMax) {
    TRY_DONE(close_xorb());
  }
  if (placed.start != committed_) {
    std::memmove(buffer_.data() + committed_, buffer_.data() + placed.start, size_bytes);
  }
  committed_ += size_bytes;
  const std::uint32_t index = open_list_.count();
  add_term({.xorb = open_xorb_id(),
            .chunk_start = index,
            .chunk_end = index + 1,
            .offset_bytes = open_list_.start_bytes(index),
            .size_bytes = size_bytes});
  if (index == 0 || chunk::is_hook(placed.chunk.hash)) {
    hooks_.push_back({placed.chunk.hash, open_xorb_id()});
  }
  open_list_.add(placed.chunk.hash, size_bytes);
  open_tree_.add(placed.chunk);
  return {};
}

void StreamIngest::add_term(const meta::Term& term) {
  if (!terms_.empty()) {
    meta::Term& last = terms_.back();
    if (last.xorb == term.xorb && last.chunk_end == term.chunk_start) {
      last.chunk_end = term.chunk_end;
      last.size_bytes += term.size_bytes;
      return;
    }
  }
  terms_.push_back(term);
}

Result<void> StreamIngest::make_room() {
  const std::size_t full = committed_ - committed_ % limits::kBlockSizeBytes;
  if (full > 0) {
    std::uint64_t to_come = 0;
    if (plan_.size_bytes) to_come = *plan_.size_bytes - size_bytes_ + filled_;
    TRY_DONE(write_blocks(full, std::min<std::uint64_t>(to_come, limits::kXorbSizeBytesMax)));
    std::memmove(buffer_.data(), buffer_.data() + full, committed_ - full);
    committed_ -= full;
  }
  const std::size_t keep = waiting_.empty() ? chunk_start_ : waiting_.front().start;
  const std::size_t shift = keep - committed_;
  std::memmove(buffer_.data() + committed_, buffer_.data() + keep, filled_ - keep);
  for (PlacedChunk& placed : waiting_) placed.start -= shift;
  chunk_start_ -= shift;
  filled_ -= shift;
  return {};
}

Result<void> StreamIngest::write_blocks(std::size_t size_bytes, std::uint64_t reserve_bytes) {
  if (!open_xorb_) {
    TRY(auto object, parts_.objects.create(reserve_bytes));
    open_xorb_.emplace(parts_.intake.writer(std::move(object)));
  }
  return open_xorb_->add_blocks(buffer_.view(0, size_bytes));
}

Result<void> StreamIngest::close_xorb() {
  TRY_DONE(write_blocks(committed_, 0));
  committed_ = 0;
  const ChunkList& list = open_list_;
  const XorbHash hash = open_tree_.finish_xorb();
  TRY(const std::uint64_t stored_size_bytes, open_xorb_->finish(hash, list.chunks()));
  const meta::XorbId id = open_xorb_id();
  sealed_.push_back({.facts = {.id = id,
                               .hash = hash,
                               .generation = 0,
                               .chunk_count = list.count(),
                               .size_bytes = list.start_bytes(list.count()),
                               .stored_size_bytes = stored_size_bytes,
                               .state = meta::XorbState::Live,
                               .created = parts_.clock.wall_now()},
                     .object = open_xorb_->take_object()});
  open_xorb_.reset();
  remember(std::make_shared<const KnownXorb>(KnownXorb{id, std::exchange(open_list_, {})}));
  return {};
}

meta::XorbId StreamIngest::open_xorb_id() const {
  return {-1 - static_cast<std::int64_t>(sealed_.size())};
}

Result<meta::NewContent> StreamIngest::finish(const Expected& expected) {
  if (chunker_.pending_size_bytes() > 0) TRY_DONE(end_chunk(filled_));
  TRY_DONE(end_run(RunEnd::FileEnd));
  TRY(meta::StoredFile file, describe_file(expected));

  meta::NewContent content;
  TRY(content.file, known_file(file.sha256));
  if (content.file) return content;
  if (open_list_.count() > 0) TRY_DONE(close_xorb());
  TRY_DONE(publish_xorbs(parts_.objects, parts_.content, sealed_, content));
  if (first_chunk_) hooks_.push_back({*first_chunk_, file.recipe.front().xorb});
  content.hooks = std::move(hooks_);
  content.file = std::move(file);
  return content;
}

// A file that only others hold is stored like a new one, and keeps its first recipe: the same
// chunks mostly make the same xorbs, of which no second copy is kept.
Result<std::optional<meta::StoredFile>> StreamIngest::known_file(const Sha256& sha256) {
  bool may_be_told = true;
  if (plan_.scope) {
    TRY(may_be_told, parts_.content.is_file_within(*plan_.scope, sha256));
  }
  if (!may_be_told) return std::nullopt;
  auto known = parts_.content.find_file(sha256);
  if (known) return std::optional(*std::move(known));
  if (known.error().kind == ErrorKind::NotFound) return std::nullopt;
  return tl::unexpected(std::move(known).error());
}

Result<meta::StoredFile> StreamIngest::describe_file(const Expected& expected) {
  meta::StoredFile file{.sha256 = sha256_.finish(),
                        .size_bytes = size_bytes_,
                        .file_hash = file_tree_.finish_file(),
                        .recipe = std::move(terms_)};
  const auto declared = expected.size_bytes ? expected.size_bytes : plan_.size_bytes;
  if (declared && *declared != file.size_bytes) {
    return fail(ErrorKind::Invalid, "expected " + std::to_string(*declared) + " bytes, got " +
                                        std::to_string(file.size_bytes));
  }
  if (expected.sha256 && *expected.sha256 != file.sha256) {
    return fail(ErrorKind::Invalid, "expected SHA-256 " + expected.sha256->to_string() +
                                        ", the bytes have " + file.sha256.to_string());
  }
  return file;
}

}  // namespace granary::store
