// Open xorbs and decoded blocks, shared by all readers and bounded.
#pragma once

#include <array>
#include <atomic>
#include <memory>

#include "base/limits.h"
#include "meta/coding_store.h"
#include "meta/content_store.h"
#include "object/object_store.h"
#include "store/block_buffers.h"
#include "store/lru_cache.h"
#include "store/xorb_reader.h"

namespace granary::store {

/// Which raw blocks of a xorb have been checked since start. Thread-safe.
class VerifiedBlocks {
 public:
  bool has(std::size_t index) const {
    return (words_[index / 64].load(std::memory_order_relaxed) >> (index % 64) & 1) != 0;
  }
  void add(std::size_t index) {
    words_[index / 64].fetch_or(std::uint64_t{1} << (index % 64), std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<std::uint64_t>, limits::kXorbBlockCountMax / 64> words_{};
};

struct OpenXorb {
  std::shared_ptr<const XorbReader> reader;
  std::shared_ptr<VerifiedBlocks> verified;  // outlives the reader's place in the cache
};

/// Thread-safe.
class XorbCache final : public BaseReader {
 public:
  /// All borrowed.
  XorbCache(object::ObjectStore& objects, meta::ContentStore& content, meta::CodingStore& codings,
            codec::ScratchPool& scratches);

  /// Errors: Corrupt if its object is missing or not what the facts say.
  Result<std::shared_ptr<const OpenXorb>> open(meta::XorbId id);
  /// Makes the next open look at the facts again: the xorb has another object now.
  void forget(meta::XorbId id) { open_.remove(id); }
  /// The original bytes of a block. Errors (both): Corrupt.
  Result<std::shared_ptr<const Bytes>> read(const OpenXorb& xorb, std::size_t block);
  /// The same, kept for others who may want them soon.
  Result<std::shared_ptr<const Bytes>> decoded(meta::XorbId id, const OpenXorb& xorb,
                                               std::size_t block);

  Result<void> read_base(const XorbHash& xorb, std::uint64_t offset_bytes,
                         std::span<std::byte> out) override;
  /// For XorbReader::read_block.
  Decoding decoding() { return {.scratches = scratches_, .bases = *this}; }

 private:
  Result<meta::XorbId> id_of(const XorbHash& hash);

  using ObjectKey = std::pair<meta::XorbId, std::uint32_t>;  // and the object's generation
  using BlockKey = std::pair<meta::XorbId, std::size_t>;
  object::ObjectStore& objects_;
  meta::ContentStore& content_;
  meta::CodingStore& codings_;
  codec::ScratchPool& scratches_;
  BlockBuffers buffers_;
  LruCache<meta::XorbId, const OpenXorb> open_;
  LruCache<ObjectKey, VerifiedBlocks> verified_;
  LruCache<BlockKey, const Bytes> decoded_;
  LruCache<XorbHash, const meta::XorbId> ids_;
};

}  // namespace granary::store
