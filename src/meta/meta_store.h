// MetaStore: the six ports of facts together, and the numbers by which caches know what changed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "meta/account_store.h"
#include "meta/coding_store.h"
#include "meta/content_store.h"
#include "meta/git_store.h"
#include "meta/repo_store.h"
#include "meta/sketch_store.h"

namespace granary::meta {

class MetaStore {
 public:
  virtual ~MetaStore() = default;
  virtual AccountStore& accounts() = 0;
  virtual RepoStore& repos() = 0;
  virtual GitStore& git() = 0;
  virtual ContentStore& content() = 0;
  virtual CodingStore& codings() = 0;
  virtual SketchStore& sketches() = 0;

  /// Moves whenever names, settings, tokens, members or access requests may have changed. Read it
  /// before the facts that are to be cached. Never blocks.
  virtual std::uint64_t access_generation() const = 0;
  /// Moves whenever refs, objects, files or the summary of the repo may have changed. Never blocks.
  virtual std::uint64_t repo_generation(RepoId repo) const = 0;

  /// Problems in the facts themselves, one line each; empty if sound. Reads only.
  virtual Result<std::vector<std::string>> check() = 0;

  struct Counters {
    std::uint64_t transactions = 0;  // writing functions done
    std::uint64_t commits = 0;  // forced to stable storage; fewer, by group commit
    std::uint64_t checkpoints = 0;
  };
  virtual Counters counters() const = 0;

  /// Empty while healthy; else why writes are refused until a restart. Reads go on.
  virtual std::string write_refusal() const = 0;
};

}  // namespace granary::meta
