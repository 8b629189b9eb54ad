// Reads a file by its recipe: byte ranges to terms, to blocks, to slices or decoded bytes.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "store/store.h"
#include "store/xorb_cache.h"

namespace granary::store {

class RecipeReader final : public FileReader {
 public:
  /// Errors: Corrupt if the recipe does not add up to the file's size.
  static Result<std::unique_ptr<RecipeReader>> create(XorbCache& cache, meta::StoredFile file,
                                                      const StoreOptions& options);

  std::unique_ptr<FileReader> again() const override {
    return std::unique_ptr<FileReader>(new RecipeReader(cache_, layout_, options_));
  }
  std::uint64_t size_bytes() const override { return layout_->file.size_bytes; }
  std::uint64_t piece_end(std::uint64_t offset_bytes) const override;
  Result<Piece> read(std::uint64_t offset_bytes, std::uint64_t size_bytes_max) override;
  Result<void> read_exactly(std::uint64_t offset_bytes, std::span<std::byte> out) override;
  /// Says that this range will be read soon, of which some may lie past the end. Never fails.
  void will_read(std::uint64_t offset_bytes, std::uint64_t size_bytes);

 private:
  struct Layout {
    meta::StoredFile file;
    std::vector<std::uint64_t> ends;  // file offset at which each term ends
  };
  /// Where a byte of the file lies.
  struct Place {
    const meta::Term& term;
    std::uint64_t term_end;  // in the file
    std::uint64_t xorb_offset_bytes;
  };

  RecipeReader(XorbCache& cache, std::shared_ptr<const Layout> layout, const StoreOptions& options)
      : cache_(cache), layout_(std::move(layout)), options_(options) {}

  Place place_of(std::uint64_t offset_bytes) const;
  Result<void> open_xorb(const meta::Term& term);
  bool may_send_as_it_lies(std::size_t block) const;
  Piece slice(std::uint64_t xorb_offset_bytes, std::uint64_t size_bytes_max) const;
  Result<ByteView> block_bytes(std::size_t block, bool to_its_end);

  XorbCache& cache_;
  std::shared_ptr<const Layout> layout_;
  StoreOptions options_;

  std::shared_ptr<const OpenXorb> xorb_;  // of the last read; keeps its slices' descriptor open
  meta::XorbId xorb_id_;
  std::optional<std::size_t> block_;  // the block of xorb_ that was read last
  std::shared_ptr<const Bytes> bytes_;         // of that block
  std::shared_ptr<const Bytes> bytes_before_;  // of the block before, perhaps still being sent
};

}  // namespace granary::store
