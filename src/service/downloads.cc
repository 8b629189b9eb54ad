// One write per repo that was downloaded from, however often it was.
#include "service/downloads.h"

#include <utility>

namespace granary::service {

void Downloads::add(meta::RepoId repo) {
  std::lock_guard lock(mutex_);
  ++counts_[repo.value];
}

Result<void> Downloads::flush() {
  Counts counts;
  {
    std::lock_guard lock(mutex_);
    counts.swap(counts_);
  }
  Result<void> outcome;
  for (const auto& [id, count] : counts) {
    auto added = repos_.add_downloads(meta::RepoId{id}, count);
    if (added || added.error().kind == ErrorKind::RepoNotFound) continue;
    std::lock_guard lock(mutex_);
    counts_[id] += count;
    outcome = std::move(added);
  }
  return outcome;
}

}  // namespace granary::service
