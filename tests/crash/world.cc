// Starting the real parts, in the order in which the server starts them.
#include "world.h"

#include "meta/sqlite/sqlite_meta_store.h"
#include "object/disk_store.h"
#include "store/recovery.h"

namespace granary::crash {
namespace {

// Small, so that the log is folded into the database within a few operations.
constexpr std::uint64_t kCheckpointSizeBytes = 128 * limits::kKiB;

}  // namespace

World::World(const Outside& outside)
    : distorted_(outside.bug ? outside.bug->plant(outside.files) : nullptr),
      dying_(distorted_ ? *distorted_ : outside.files),
      env_{outside.clock, outside.random, dying_},
      code_at_ingest_(outside.code_at_ingest) {
  if (outside.death) dying_.kill_before(*outside.death);
}

Result<std::unique_ptr<World>> World::start(const Outside& outside) {
  std::unique_ptr<World> world(new World(outside));
  TRY_DONE(world->open());
  return world;
}

Result<void> World::open() {
  for (const char* folder : {kFactsFolder, kUploadsFolder}) {
    TRY_DONE(env_.files.make_directory(folder));
  }
  TRY_DONE(env_.files.sync_directory(kDataFolder));
  TRY(facts_,
      meta::create_sqlite_meta_store(env_, {.path = kFactsPath,
                                            .reader_count = 0,
                                            .through_env = true,
                                            .checkpoint_size_bytes = kCheckpointSizeBytes}));
  TRY(objects_, object::open_disk_store(env_, kDataFolder, {}));
  store_ = store::make_store(env_, *objects_, *facts_, {.code_at_ingest = code_at_ingest_});
  TRY(uploads_, store::open_uploads(env_, facts_->content(), *objects_, *store_, kUploadsFolder));
  TRY(const auto recovery,
      store::recover(env_, facts_->content(), *objects_, std::string(kDataFolder) + "/watermark"));
  if (recovery.problems.empty()) return {};
  return fail(ErrorKind::Corrupt, "at start: " + recovery.problems.front());
}

}  // namespace granary::crash
