// SketchStore on SQLite.
#pragma once

#include "meta/sketch_store.h"
#include "meta/sqlite/database.h"

namespace granary::meta::sqlite {

class SqliteSketches final : public SketchStore {
 public:
  explicit SqliteSketches(Database& database) : database_(database) {}

  Result<bool> has_sketches(const Sha256& file) override;
  Result<void> put(const Sha256& file, std::span<const TensorSketch> sketches) override;
  Result<std::vector<StoredSketch>> list(std::int64_t key, std::size_t limit) override;

 private:
  Database& database_;
};

}  // namespace granary::meta::sqlite
