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

  std::uint64_t size_bytes() const override { return file_.size_bytes; }
  Result<Piece> read(std::uint64_t offset_bytes, std::uint64_t size_bytes_max) override;
  Result<void> read_exactly(std::uint64_t offset_bytes, std::span<std::byte> out) override;
  /// Says that this range will be read soon, of which some may lie past the end. Never fails.
  void will_read(std::uint64_t offset_bytes, std::uint64_t size_bytes);

 private:
  RecipeReader(XorbCache& cache, meta::StoredFile file, const StoreOptions& options,
               std::vector<std::uint64_t> ends)
      : cache_(cache), file_(std::move(file)), options_(options), ends_(std::move(ends)) {}

  Result<void> open_xorb(const meta::Term& term);
  bool may_send_as_it_lies(std::size_t block) const;
  Piece slice(std::uint64_t xorb_offset_bytes, std::uint64_t size_bytes_max) const;
  Result<ByteView> block_bytes(std::size_t block, bool to_its_end);

  XorbCache& cache_;
  meta::StoredFile file_;
  StoreOptions options_;
  std::vector<std::uint64_t> ends_;  // file offset at which each term ends

  std::shared_ptr<const OpenXorb> xorb_;  // of the last read; keeps its slices' descriptor open
  meta::XorbId xorb_id_;
  std::optional<std::size_t> block_;  // the block of xorb_ that was read last
  std::shared_ptr<const Bytes> bytes_;         // of that block
  std::shared_ptr<const Bytes> bytes_before_;  // of the block before, perhaps still being sent
};

}  // namespace granary::store
