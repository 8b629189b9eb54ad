// The numbers by which caches know that facts may have changed.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

#include "meta/types.h"

namespace granary::meta::sqlite {

/// What one transaction changes, told to caches around its commit.
struct Changes {
  bool access = false;
  std::vector<RepoId> repos;
};

/// Counters that readers load and the one committing thread moves. A counter is odd while a commit
/// that may change its facts is under way: readers then get a number never given before or again,
/// so that nothing is taken for fresh once anybody can have seen newer facts. Repos share a fixed
/// number of counters; sharing only makes caches forget more than they must.
class Generations {
 public:
  std::uint64_t access() const { return read(access_); }
  std::uint64_t repo(RepoId id) const { return read(repos_[stripe(id)]); }

  /// Around the commit of `changes`: before it, and after it whatever came of it. One at a time.
  void begin(const Changes& changes);
  void end();

 private:
  using Counter = std::atomic<std::uint64_t>;
  static constexpr std::size_t kStripeCount = 1024;
  static constexpr std::uint64_t kFirst = 2;  // 0 stands for none
  static constexpr std::uint64_t kNeverAgain = std::uint64_t{1} << 63;

  static std::size_t stripe(RepoId id) { return static_cast<std::size_t>(id.value) % kStripeCount; }
  std::uint64_t read(const Counter& counter) const {
    const std::uint64_t value = counter.load();
    return value % 2 == 0 ? value + kFirst : kNeverAgain | unique_.fetch_add(1);
  }
  void move_to_odd(Counter& counter);

  Counter access_ = 0;
  std::array<Counter, kStripeCount> repos_{};
  mutable Counter unique_ = 0;
  std::vector<Counter*> moving_;
};

}  // namespace granary::meta::sqlite
