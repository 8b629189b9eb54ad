// A bounded map that forgets what was not used for longest.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace granary::store {

/// Values are shared: one that is forgotten lives on where it is in use. Thread-safe.
template <class Key, class Value>
class LruCache {
 public:
  explicit LruCache(std::size_t count_max) : count_max_(count_max) {}

  /// Null if there is none.
  std::shared_ptr<Value> find(const Key& key) {
    const std::lock_guard lock(mutex_);
    const auto place = places_.find(key);
    if (place == places_.end()) return nullptr;
    uses_.splice(uses_.begin(), uses_, place->second);
    return place->second->second;
  }

  /// Of two that are added under one key the first stays. Gives the one that stays.
  std::shared_ptr<Value> add(const Key& key, std::shared_ptr<Value> value) {
    const std::lock_guard lock(mutex_);
    const auto place = places_.find(key);
    if (place != places_.end()) return place->second->second;
    uses_.emplace_front(key, std::move(value));
    places_[key] = uses_.begin();
    if (uses_.size() > count_max_) {
      places_.erase(uses_.back().first);
      uses_.pop_back();
    }
    return uses_.front().second;
  }

  void remove(const Key& key) {
    const std::lock_guard lock(mutex_);
    const auto place = places_.find(key);
    if (place == places_.end()) return;
    uses_.erase(place->second);
    places_.erase(place);
  }

 private:
  using Uses = std::list<std::pair<Key, std::shared_ptr<Value>>>;  // last used first
  std::mutex mutex_;
  std::size_t count_max_;
  Uses uses_;
  std::map<Key, typename Uses::iterator> places_;
};

}  // namespace granary::store
