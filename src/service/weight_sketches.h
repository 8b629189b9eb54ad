// Finds stored weight files that are like another, by a few weights of each tensor.
#pragma once

#include <functional>
#include <vector>

#include "codec/scratch.h"
#include "meta/sketch_store.h"
#include "service/weight_files.h"
#include "store/store.h"

namespace granary::service {

/// Used by one thread at a time. Source: docs/formats/tensor-sketches.md.
class WeightSketches {
 public:
  /// Both borrowed.
  WeightSketches(meta::SketchStore& facts, store::Store& store);

  /// Keeps sketches of the file's tensors, unless there are some. Tensors that cannot be read have
  /// none. Errors: of the facts.
  Result<void> add(const WeightFile& file);

  using MayUse = std::function<Result<bool>(const Sha256& file)>;
  /// Files of which tensors foretell this one's, those that do so for the most bytes first. Each
  /// tensor asked speaks for the likest file that may be used. Errors: of the facts, of `may_use`.
  Result<std::vector<Sha256>> find_like(const WeightFile& file, const MayUse& may_use);

 private:
  struct Like {
    Sha256 file;
    double likeness = 0;
  };

  Result<std::vector<Like>> list_like(const WeightFile& file, const format::WeightTensor& tensor);
  double likeness_of(const format::WeightTensor& tensor, ByteView weights,
                     const meta::TensorSketch& sketch);

  meta::SketchStore& facts_;
  store::Store& store_;
  const codec::Kernels& kernels_;
  codec::Scratch scratch_;
};

}  // namespace granary::service
