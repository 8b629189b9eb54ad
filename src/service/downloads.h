// Downloads: counts of downloads per repo, gathered in memory and written now and then.
#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "meta/repo_store.h"

namespace granary::service {

/// Thread-safe. A crash loses what was counted since the last flush; counts are no promise.
class Downloads {
 public:
  /// `repos` outlives this.
  explicit Downloads(meta::RepoStore& repos) : repos_(repos) {}

  /// Never blocks on more than a short mutex.
  void add(meta::RepoId repo);
  /// Writes what was counted. Called every minute or so, and at the end. Blocks. What could not be
  /// written stays counted, but for repos that are gone.
  Result<void> flush();

 private:
  using Counts = std::unordered_map<std::int64_t, std::uint64_t>;  // by a repo's id

  meta::RepoStore& repos_;
  std::mutex mutex_;
  Counts counts_;
};

}  // namespace granary::service
