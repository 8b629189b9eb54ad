// The numbers by which caches know that facts may have changed.
#include "meta/sqlite/generations.h"

namespace granary::meta::sqlite {

void Generations::move_to_odd(Counter& counter) {
  if (counter.load() % 2 != 0) return;  // two repos of one batch on one stripe
  counter.fetch_add(1);
  moving_.push_back(&counter);
}

void Generations::begin(const Changes& changes) {
  if (changes.access) move_to_odd(access_);
  for (const RepoId repo : changes.repos) move_to_odd(repos_[stripe(repo)]);
}

void Generations::end() {
  for (Counter* counter : moving_) counter->fetch_add(1);
  moving_.clear();
}

}  // namespace granary::meta::sqlite
