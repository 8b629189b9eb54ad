// The port for sketches: a few weights of each stored tensor, by which others like it are found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "meta/types.h"

namespace granary::meta {

struct TensorSketch {
  std::int64_t key = 0;  // shared by tensors that may be alike; one file has each at most once
  std::uint8_t type = 0;  // of the weights: the number of codec::FloatType
  Bytes weights;
};
struct StoredSketch {
  Sha256 file;
  TensorSketch sketch;
};

/// Blocking, thread-safe; each function is one transaction, durable when a writing one returns.
class SketchStore {
 public:
  virtual ~SketchStore() = default;

  virtual Result<bool> has_sketches(const Sha256& file) = 0;
  /// Takes the place of all that the file had. Errors: NotFound if the file is not stored.
  virtual Result<void> put(const Sha256& file, std::span<const TensorSketch> sketches) = 0;
  /// Those of one key, by when their files were stored, the oldest first. Of files that need no
  /// base themselves.
  virtual Result<std::vector<StoredSketch>> list(std::int64_t key, std::size_t limit) = 0;
};

}  // namespace granary::meta
