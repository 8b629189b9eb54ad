// One life of Granary's lower half on a simulated machine: the real store, uploads and facts.
#pragma once

#include <memory>
#include <optional>

#include "meta/meta_store.h"
#include "object/object_store.h"
#include "planted_bugs.h"
#include "store/store.h"
#include "store/uploads.h"

namespace granary::crash {

inline constexpr char kDataFolder[] = "data";
inline constexpr char kObjectsFolder[] = "data/objects";
inline constexpr char kUploadsFolder[] = "data/uploads";
inline constexpr char kFactsFolder[] = "data/meta";
inline constexpr char kFactsPath[] = "data/meta/facts.db";

/// A running process. Starting recovers whatever an earlier life left.
class World {
 public:
  struct Outside {
    Clock& clock;
    Random& random;
    FileSystem& files;
    const PlantedBug* bug = nullptr;  // null: none
    bool code_at_ingest = true;
    std::optional<DyingFiles::Plan> death = {};  // during the start
  };
  static Result<std::unique_ptr<World>> start(const Outside& outside);
  /// Ends as if told to, with what closing does.
  ~World() = default;
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// Ends as if killed: nothing is closed or flushed.
  void kill() { dying_.kill(); }
  void kill_before(const DyingFiles::Plan& plan) { dying_.kill_before(plan); }
  bool is_dead() const { return dying_.is_dead(); }

  meta::MetaStore& facts() { return *facts_; }
  object::ObjectStore& objects() { return *objects_; }
  store::Store& store() { return *store_; }
  store::Uploads& uploads() { return *uploads_; }

 private:
  explicit World(const Outside& outside);
  Result<void> open();

  std::unique_ptr<FilteredFiles> distorted_;  // null without a bug
  DyingFiles dying_;
  Env env_;
  bool code_at_ingest_;
  std::unique_ptr<meta::MetaStore> facts_;
  std::unique_ptr<object::ObjectStore> objects_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<store::Uploads> uploads_;
};

}  // namespace granary::crash
