// An open xorb container: any block or the chunk table, each checked as it is read.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "codec/based_block.h"
#include "codec/scratch_pool.h"
#include "object/object_store.h"
#include "store/xorb_container.h"

namespace granary::store {

/// Gives bytes that blocks of other xorbs are coded by. Thread-safe.
class BaseReader {
 public:
  virtual ~BaseReader() = default;
  /// Fills `out` with original bytes of a stored xorb. Errors: Corrupt if it is not there, is
  /// shorter, or needs a base itself.
  virtual Result<void> read_base(const XorbHash& xorb, std::uint64_t offset_bytes,
                                 std::span<std::byte> out) = 0;
};

/// Fills `out`, of the stretches' size, with their bytes one after the other. Errors: Corrupt.
Result<void> read_stretches(BaseReader& bases, std::span<const codec::BaseStretch> stretches,
                            std::span<std::byte> out);

/// What decoding takes; both borrowed.
struct Decoding {
  codec::ScratchPool& scratches;
  BaseReader& bases;
};

/// Holds the block table only; the chunk table is read when asked for. Thread-safe.
class XorbReader {
 public:
  /// Errors: Corrupt if the object is no sound container of the xorb `hash`.
  static Result<std::shared_ptr<const XorbReader>> open(
      std::shared_ptr<const object::ObjectReader> object, const XorbHash& hash);

  const XorbTrailer& trailer() const { return trailer_; }
  const std::vector<XorbBlock>& blocks() const { return blocks_; }
  const object::ObjectReader& object() const { return *object_; }

  /// Errors: Corrupt.
  Result<std::vector<XorbChunk>> read_chunks() const;
  /// Fills `out`, of block_size_bytes(trailer(), index), with original bytes. Checks the checksum.
  /// Errors: Corrupt.
  Result<void> read_block(std::size_t index, std::span<std::byte> out,
                          const Decoding& decoding) const;

 private:
  Result<void> read_stored(const XorbBlock& block, std::span<std::byte> stored) const;

  XorbReader(std::shared_ptr<const object::ObjectReader> object, const XorbTrailer& trailer,
             std::vector<XorbBlock> blocks)
      : object_(std::move(object)), trailer_(trailer), blocks_(std::move(blocks)) {}

  std::shared_ptr<const object::ObjectReader> object_;  // also held by slices being sent
  XorbTrailer trailer_;
  std::vector<XorbBlock> blocks_;
};

}  // namespace granary::store
