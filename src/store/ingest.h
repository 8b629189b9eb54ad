// The one way in for a file's bytes: hashed, chunked, deduped and written as they come.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/hasher.h"
#include "chunk/chunker.h"
#include "chunk/hash_tree.h"
#include "store/aligned_buffer.h"
#include "store/intake.h"
#include "store/known_chunks.h"
#include "store/sealed_xorb.h"
#include "store/store.h"
#include "store/xorb_writer.h"

namespace granary::store {

/// What an ingest works with; borrowed but for the last.
struct IngestParts {
  Clock& clock;
  object::ObjectStore& objects;
  meta::ContentStore& content;
  KnownXorbs& known;
  Intake intake;
};

/// Bytes are copied once, into an aligned buffer that holds, in this order and perhaps with gaps:
///
///   | new chunks, not yet written | a run of known chunks, undecided | the chunk under way |
///   0                     committed_                        chunk_start_               filled_
///
/// A run of chunks that some xorb in scope has becomes a term of that xorb if it is long enough
/// (limits::kDedupeRun…) or ends the file; short ones are stored again, since a file in shreds is
/// slow to read. New chunks are written from the buffer, in whole blocks, to an object without a
/// name. Memory: the buffer, the chunk lists of a few xorbs, and one term per xorb or run.
class StreamIngest final : public Ingest {
 public:
  StreamIngest(const IngestParts& parts, IngestPlan plan);

  Result<void> write(ByteView bytes) override;
  Result<meta::NewContent> finish(const Expected& expected) override;

 private:
  struct PlacedChunk {
    chunk::Chunk chunk;
    std::size_t start;  // in the buffer
  };
  /// Consecutive chunks of one xorb that the file repeats.
  struct Run {
    std::shared_ptr<const KnownXorb> known;  // null: the open xorb
    std::uint32_t start = 0, end = 0;        // chunk indices
    std::uint32_t size_bytes = 0;
    bool accepted = false;  // its bytes are dropped; until then they wait in `waiting_`
  };

  Result<void> take(ByteView slice);
  Result<void> end_chunk(std::size_t end);
  void extend_run(const PlacedChunk& placed);
  enum class RunEnd : std::uint8_t { Broken, FileEnd };
  Result<void> end_run(RunEnd how);
  std::optional<Run> find_run(const ChunkHash& hash, bool may_be_hook);
  void remember(std::shared_ptr<const KnownXorb> known);
  const ChunkList& list_of(const Run& run) const;
  Result<void> store_chunk(const PlacedChunk& placed);
  void add_term(const meta::Term& term);

  Result<void> make_room();
  Result<void> write_blocks(std::size_t size_bytes, std::uint64_t reserve_bytes);
  Result<void> close_xorb();
  meta::XorbId open_xorb_id() const;
  Result<meta::StoredFile> describe_file(const Expected& expected);
  Result<std::optional<meta::StoredFile>> known_file(const Sha256& sha256);

  IngestParts parts_;
  IngestPlan plan_;
  Sha256Hasher sha256_;
  chunk::Chunker chunker_;
  chunk::HashTree file_tree_;
  std::uint64_t size_bytes_ = 0;

  AlignedBuffer buffer_;
  std::size_t committed_ = 0;
  std::size_t chunk_start_ = 0;
  std::size_t filled_ = 0;

  std::optional<Run> run_;
  std::vector<PlacedChunk> waiting_;                       // of a run that is not accepted yet
  std::vector<std::shared_ptr<const KnownXorb>> recent_;  // last found first

  std::optional<XorbWriter> open_xorb_;  // once its first block is written
  chunk::HashTree open_tree_;
  ChunkList open_list_;
  std::vector<SealedXorb> sealed_;

  std::optional<ChunkHash> first_chunk_;
  std::vector<meta::Term> terms_;
  std::vector<meta::Hook> hooks_;
};

}  // namespace granary::store
