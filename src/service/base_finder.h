// Finds of which tensors a stored xorb's bytes are, and the tensors elsewhere that foretell them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "meta/meta_store.h"
#include "service/weight_files.h"
#include "service/weight_sketches.h"
#include "store/relations.h"

namespace granary::service {

/// Looks among all stored files for like ones, in the declared base models, and in the repos that
/// hold the xorb's files. Never lets a file depend on one that fewer people may read. Used by one
/// thread at a time.
class BaseFinder {
 public:
  /// Both borrowed.
  BaseFinder(meta::MetaStore& facts, store::Store& store);

  /// Empty if nothing is known. A base is a hint, which coding measures. Errors: of the facts, and
  /// Corrupt; what the files say is never an error.
  Result<store::Relations> find(const meta::Xorb& xorb);
  /// Whether the xorb may go on to depend on these. Errors: of the facts.
  Result<bool> may_keep(const meta::Xorb& xorb, std::span<const meta::XorbId> bases);

 private:
  class Search;
  using WeightFileList = std::vector<std::shared_ptr<const WeightFile>>;

  Result<std::shared_ptr<const WeightFileList>> weights_of(meta::RepoId repo);

  meta::MetaStore& facts_;
  WeightFiles files_;
  WeightSketches sketches_;
  // By repo and generation, since the xorbs of one file follow each other.
  store::LruCache<std::pair<meta::RepoId, std::uint64_t>, const WeightFileList> repos_;
};

}  // namespace granary::service
