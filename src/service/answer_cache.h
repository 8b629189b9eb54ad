// AnswerCache: whole answers kept until what they were made of may have changed.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "meta/meta_store.h"

namespace granary::service {

/// Which facts an answer stands on. Read before the facts themselves: AnswerCache::freshness before
/// anything is looked up, AnswerCache::stand_on once the repo is known and before its content is
/// read.
struct Freshness {
  std::uint64_t access_generation = 0;
  meta::RepoId repo;  // 0: none
  std::uint64_t repo_generation = 0;
};

/// A bounded map from a request's key (caller, repo, revision, path, …) to its answer. Thread-safe;
/// never blocks on more than a short mutex, so I/O threads may ask it.
template <class Value>
class AnswerCache {
 public:
  AnswerCache(const meta::MetaStore& facts, std::size_t count_max)
      : facts_(facts), count_max_(count_max) {}

  /// The state of names, settings and rights now.
  Freshness freshness() const {
    Freshness now;
    now.access_generation = facts_.access_generation();
    return now;
  }
  /// Makes the answer stand on a repo's content too.
  void stand_on(Freshness& freshness, meta::RepoId repo) const {
    freshness.repo = repo;
    freshness.repo_generation = facts_.repo_generation(repo);
  }

  /// The answer, if it still stands; else null.
  std::shared_ptr<const Value> find(std::string_view key) {
    std::lock_guard lock(mutex_);
    const auto found = index_.find(key);
    if (found == index_.end()) return nullptr;
    const Entry& entry = *found->second;
    if (!stands(entry.freshness)) {
      entries_.erase(found->second);
      index_.erase(found);
      return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, found->second);
    return entry.value;
  }

  void put(std::string key, const Freshness& freshness, std::shared_ptr<const Value> value) {
    std::lock_guard lock(mutex_);
    if (const auto found = index_.find(key); found != index_.end()) {
      entries_.erase(found->second);
      index_.erase(found);
    }
    entries_.push_front(Entry{std::move(key), freshness, std::move(value)});
    index_.emplace(entries_.front().key, entries_.begin());
    if (entries_.size() > count_max_) {
      index_.erase(entries_.back().key);
      entries_.pop_back();
    }
  }

 private:
  struct Entry {
    std::string key;
    Freshness freshness;
    std::shared_ptr<const Value> value;
  };

  bool stands(const Freshness& freshness) const {
    if (facts_.access_generation() != freshness.access_generation) return false;
    return freshness.repo.value == 0 ||
           facts_.repo_generation(freshness.repo) == freshness.repo_generation;
  }

  const meta::MetaStore& facts_;
  const std::size_t count_max_;
  std::mutex mutex_;
  std::list<Entry> entries_;  // most recently used first; owns the keys that index_ views
  std::unordered_map<std::string_view, typename std::list<Entry>::iterator> index_;
};

}  // namespace granary::service
