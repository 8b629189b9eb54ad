// Writes one xorb container into an object, block by block, without holding it in memory.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "codec/scratch_pool.h"
#include "object/object_store.h"
#include "store/aligned_buffer.h"
#include "store/xorb_container.h"

namespace granary::store {

/// Whether blocks are coded as they are written, or left to the recoder.
enum class Coding : std::uint8_t { None, Best };

/// Codes blocks as they come; raw ones go to the object from where they lie, if aligned, so that
/// they bypass the page cache. Memory: the block table, and one buffer once a block is coded.
class XorbWriter {
 public:
  /// `scratches` is borrowed.
  XorbWriter(std::unique_ptr<object::ObjectWriter> object, Coding coding,
             codec::ScratchPool& scratches)
      : object_(std::move(object)), coding_(coding), scratches_(scratches) {}

  /// `original`: whole blocks; the last call may end with a shorter one. Errors: NoSpace.
  Result<void> add_blocks(ByteView original);

  /// A block of `original_size_bytes` as it goes to disk: a whole one, but for the last.
  Result<void> add_coded(std::size_t original_size_bytes, const codec::CodedBlock& coded);

  /// Writes the tables and seals the object. `chunks` cover exactly the bytes added.
  /// Gives the size of the object. Errors: NoSpace; Unavailable after a failed sync.
  Result<std::uint64_t> finish(const XorbHash& hash, std::span<const XorbChunk> chunks);

  /// After finish: the sealed object, to be published.
  std::unique_ptr<object::ObjectWriter> take_object() { return std::move(object_); }

 private:
  void note(std::size_t original_size_bytes, const codec::CodedBlock& coded);
  Result<void> append(ByteView bytes);
  Result<void> flush(bool all);

  std::unique_ptr<object::ObjectWriter> object_;
  Coding coding_;
  codec::ScratchPool& scratches_;
  std::vector<XorbBlock> blocks_;
  std::uint64_t size_bytes_ = 0;
  std::uint64_t coded_size_bytes_ = 0;
  std::uint64_t written_bytes_ = 0;
  std::optional<AlignedBuffer> buffer_;  // what cannot be written from where it lies
  std::size_t buffered_bytes_ = 0;
};

}  // namespace granary::store
