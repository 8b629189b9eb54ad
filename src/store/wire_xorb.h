// A stored xorb in the form that the Xet protocol carries, made as it is read.
#pragma once

#include <array>

#include "store/known_chunks.h"
#include "store/store.h"
#include "store/xorb_cache.h"

namespace granary::store {

/// Every chunk behind its header, whatever the coding at rest. Pieces are bytes, never slices: a
/// slice would end at the next header, and one pass over a xorb would take thousands of sends.
class WireXorbReader final : public FileReader {
 public:
  static Result<std::unique_ptr<FileReader>> create(XorbCache& cache, const meta::Xorb& xorb,
                                                    std::shared_ptr<const KnownXorb> known,
                                                    const StoreOptions& options);

  std::unique_ptr<FileReader> again() const override {
    return std::unique_ptr<FileReader>(new WireXorbReader(original_->again(), known_));
  }
  std::uint64_t size_bytes() const override { return start_of(known_->list.count()); }
  std::uint64_t piece_end(std::uint64_t offset_bytes) const override;
  Result<Piece> read(std::uint64_t offset_bytes, std::uint64_t size_bytes_max) override;
  Result<void> read_exactly(std::uint64_t offset_bytes, std::span<std::byte> out) override;

 private:
  WireXorbReader(std::unique_ptr<FileReader> original, std::shared_ptr<const KnownXorb> known)
      : original_(std::move(original)), known_(std::move(known)) {}

  std::uint64_t start_of(std::uint32_t index) const;
  std::uint32_t index_at(std::uint64_t offset_bytes) const;

  std::unique_ptr<FileReader> original_;  // the xorb's bytes without headers
  std::shared_ptr<const KnownXorb> known_;
  std::array<Bytes, 2> pieces_;  // in turns: one may still be sent
  std::size_t turn_ = 0;
};

}  // namespace granary::store
