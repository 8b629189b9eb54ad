// The MetaStore on SQLite: the default, for one server.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/env.h"
#include "base/limits.h"
#include "meta/meta_store.h"

namespace granary::meta {

struct SqliteOptions {
  /// The database file, in a folder that exists; ".lock" and SQLite's own suffixes are put behind
  /// it. ":memory:" keeps all in memory, for tests.
  std::string path;
  /// Besides the one that writes. Without any, reads wait for writes.
  std::size_t reader_count = 4;
  /// Reaches files by `Env::files` alone, as the simulator needs, and has no readers.
  bool through_env = false;
  std::uint64_t checkpoint_size_bytes = limits::kWalCheckpointSizeBytes;
};

/// Opens the database, makes it if there is none, and brings its schema up to date. The store is
/// the file's only user, which a lock ensures. `env` must outlive it.
/// Errors: Conflict if the file is in use; Invalid if a newer Granary made it; NoSpace; Corrupt.
Result<std::unique_ptr<MetaStore>> create_sqlite_meta_store(Env& env, const SqliteOptions& options);

}  // namespace granary::meta
