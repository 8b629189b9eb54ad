// Store: one streaming way in for every file's bytes, and ranged reads of what it holds.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/env.h"
#include "codec/kernels.h"
#include "meta/meta_store.h"
#include "object/object_store.h"
#include "store/relations.h"

namespace granary::store {

/// A file being taken in: SHA-256, chunking, dedupe, xorbs. Used by one thread at a time; dropped
/// before finish, it leaves nothing behind. Memory is bounded whatever the file's size.
class Ingest {
 public:
  virtual ~Ingest() = default;
  /// Errors: NoSpace, TooLarge, Unavailable.
  virtual Result<void> write(ByteView bytes) = 0;

  struct Expected {
    std::optional<Sha256> sha256;
    std::optional<std::uint64_t> size_bytes;
  };
  /// Makes every byte durable, and gives the facts to record (ContentStore::record, with a grant).
  /// Errors: Invalid if hash or size differ from what was expected; nothing is stored then.
  virtual Result<meta::NewContent> finish(const Expected& expected) = 0;
};

/// A xorb being taken in as one, chunk by chunk. Used by one thread at a time; dropped before
/// finish, it leaves nothing behind.
class XorbIntake {
 public:
  virtual ~XorbIntake() = default;
  /// `original`: the chunk's uncoded bytes, 1 byte to 128 KiB. Errors: Invalid for any other size,
  /// for chunk 8193, and past 64 MiB in all; NoSpace; Unavailable.
  virtual Result<void> add_chunk(ByteView original) = 0;
  /// Makes the xorb durable, and gives the facts to record: itself and its hooks.
  /// Errors: Invalid if the chunks make another hash, or there are none; nothing is stored then.
  virtual Result<meta::NewContent> finish(const XorbHash& expected) = 0;
};

/// A run of chunks of a stored xorb, as an uploader describes it.
struct ClaimedTerm {
  meta::Xorb xorb;
  std::uint32_t chunk_start = 0;
  std::uint32_t chunk_end = 0;  // exclusive
  std::uint64_t size_bytes = 0;
  RangeHash range_hash;
};

/// A file of stored chunks, as an uploader describes it.
struct ClaimedFile {
  FileHash file_hash;
  std::optional<Sha256> sha256;
  std::vector<ClaimedTerm> terms;
  const meta::XorbScope* scope = nullptr;  // null: all that is stored is in scope
};

/// Told of bytes as they are read and hashed. False: stop.
using Progress = std::function<bool(std::uint64_t size_bytes)>;

/// A slice of an object to be sent as it lies.
struct FileSlice {
  int descriptor = -1;
  std::uint64_t offset_bytes = 0;
  std::uint64_t size_bytes = 0;
};

/// What read gives: bytes or a slice. Bytes are valid until the call after the next one on the same
/// reader, so that they can be sent while that reads on; a slice only until the next.
struct Piece {
  ByteView bytes;
  std::optional<FileSlice> slice;
  std::uint64_t size_bytes() const { return slice ? slice->size_bytes : bytes.size(); }
};

/// Reads one file. Used by one thread at a time; blocks on disk.
class FileReader {
 public:
  virtual ~FileReader() = default;
  /// Another reader of the same file, for another thread. Like the next two thread-safe.
  virtual std::unique_ptr<FileReader> again() const = 0;
  virtual std::uint64_t size_bytes() const = 0;
  /// Where what is read from `offset_bytes` on should end, so that nothing is decoded for two
  /// pieces: `read` gives no more in bytes. Never blocks. offset < size.
  virtual std::uint64_t piece_end(std::uint64_t offset_bytes) const = 0;
  /// At most `size_bytes_max` bytes from `offset_bytes`; at the end of the file an empty piece.
  /// Slices are of raw blocks verified since start. Errors: Corrupt, never wrong bytes.
  virtual Result<Piece> read(std::uint64_t offset_bytes, std::uint64_t size_bytes_max) = 0;
  /// Fills `out` from `offset_bytes`. Errors: Invalid past the end; Corrupt.
  virtual Result<void> read_exactly(std::uint64_t offset_bytes, std::span<std::byte> out) = 0;
};

/// The file's first bytes, all of them if it is shorter. Errors: Corrupt.
Result<Bytes> read_prefix(FileReader& file, std::uint64_t size_bytes_max);

struct KnownXorb;  // store/known_chunks.h

/// What is known of a file before it comes.
struct IngestPlan {
  std::optional<std::uint64_t> size_bytes;
  /// Only these xorbs spare storing chunks that come again; without it all do. What is spared shows
  /// in the time that the ingest takes and, to whoever reads it, in the file's recipe.
  std::optional<meta::XorbScope> scope = {};
};

struct StoreOptions {
  bool verify_always = false;  // check a raw block at each read, not only at its first since start
  const codec::Kernels& kernels = codec::best_kernels();
  bool code_at_ingest = true;  // unless uploads are many; else the recoder does it
};

/// How one xorb is to be recoded.
struct RecodeOptions {
  std::uint32_t policy = 0;  // noted with the xorb, so that it is looked at once
  bool look_only = false;  // notes what its codecs hold, writes nothing
  Relations relations = {};  // what is known of its bytes
  bool bases_only = false;  // leaves it unless one has a base or is of quantised blocks
  bool whatever_size = false;  // takes the new object even if it is no smaller
  std::function<bool()> may_go_on = [] { return true; };  // asked at each block; may wait
};
struct Recoded {
  std::uint64_t size_bytes = 0;  // original bytes of the xorb
  std::uint64_t saved_size_bytes = 0;
  bool is_swapped = false;  // else left as it was
};

/// Blocking and thread-safe.
class Store {
 public:
  virtual ~Store() = default;
  /// Errors: NoSpace when the size cannot be had now; TooLarge; Unavailable.
  virtual Result<std::unique_ptr<Ingest>> start_ingest(IngestPlan plan) = 0;
  /// Rights are the caller's business. Errors: NotFound.
  virtual Result<std::unique_ptr<FileReader>> open(const Sha256& sha256) = 0;
  /// Errors: as start_ingest.
  virtual Result<std::unique_ptr<XorbIntake>> start_xorb() = 0;
  /// Makes a file of stored chunks, and gives the facts to record. Nothing of the claim is
  /// believed: chunk ranges, sizes, range hashes (which prove that the uploader has the chunks) and
  /// the file hash are checked against the stored chunk lists, and the SHA-256 is computed from the
  /// bytes, unless the file hash is that of a known file in scope. Errors: Invalid, with a sentence
  /// for people; Corrupt; Unavailable when told to stop.
  virtual Result<meta::NewContent> assemble(const ClaimedFile& claim, const Progress& progress) = 0;
  /// A xorb as the Xet protocol carries it, uncoded: each chunk behind a header of 8 bytes. Chunk i
  /// starts at ChunkList::start_bytes(i) + 8 * i. Errors: NotFound, Corrupt.
  virtual Result<std::unique_ptr<FileReader>> open_xorb(meta::XorbId id) = 0;
  /// The xorb's chunk list, from memory if it was used lately. Errors: NotFound, Corrupt.
  virtual Result<std::shared_ptr<const KnownXorb>> known_xorb(const meta::Xorb& xorb) = 0;
  /// Codes the xorb's raw blocks, and all of them if one has a base, if that saves enough: into a
  /// new object, which is checked to the last chunk before it takes the place of the old one.
  /// Readers under way are not disturbed. By one thread at a time. Errors: Corrupt, with everything
  /// as it was; Unavailable when told to stop; NoSpace; Conflict if the xorb is being collected, or
  /// a base cannot be one any more.
  virtual Result<Recoded> recode(const meta::Xorb& xorb, const RecodeOptions& options) = 0;
  /// Removes some objects that others have replaced. Gives how many; none: no more are left.
  virtual Result<std::size_t> remove_replaced() = 0;
  /// Empty while healthy; else why writes are refused.
  virtual std::string write_refusal() const = 0;
};

/// The parts are borrowed and must outlive the store.
std::unique_ptr<Store> make_store(Env& env, object::ObjectStore& objects, meta::MetaStore& facts,
                                  const StoreOptions& options);

}  // namespace granary::store
