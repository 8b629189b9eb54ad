// Stored weight files with their tensors, and which tensors of two files belong together.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "format/weight_header.h"
#include "meta/content_store.h"
#include "store/lru_cache.h"
#include "store/relations.h"
#include "store/store.h"

namespace granary::service {

struct WeightFile {
  meta::StoredFile stored;
  format::WeightHeader header;
  std::map<std::string, std::size_t, std::less<>> by_name;  // indices of header.tensors

  const format::WeightTensor* find(std::string_view name) const;
};

/// Thread-safe.
class WeightFiles {
 public:
  /// Both borrowed.
  WeightFiles(meta::ContentStore& content, store::Store& store);

  /// Null if the file is no weight file, a broken one, or one of very many tensors.
  /// Errors: NotFound, Corrupt.
  Result<std::shared_ptr<const WeightFile>> load(const Sha256& sha256);

 private:
  meta::ContentStore& content_;
  store::Store& store_;
  store::LruCache<Sha256, const WeightFile> files_;
};

/// A tensor that another one may have been made of.
struct TensorMatch {
  const format::WeightTensor* base = nullptr;
  std::variant<store::TunedFrom, store::QuantisedFrom> relation;
  std::uint64_t head_count = 0;  // not 0: its rows are in the order of format::parent_row
};

/// By names, shapes and types alone: what the numbers say is to be measured.
std::optional<TensorMatch> match_tensor(const WeightFile& file, const format::WeightTensor& tensor,
                                        const WeightFile& base);

}  // namespace granary::service
