// For tests: SQLite's own VFS, watched: which connection writes and which one checkpoints.
#pragma once

#include <cstddef>
#include <memory>

struct sqlite3_vfs;

namespace granary::meta::sqlite {

/// SQLite's default while it lives. One at a time.
class WatchingVfs {
 public:
  WatchingVfs();
  WatchingVfs(const WatchingVfs&) = delete;
  WatchingVfs& operator=(const WatchingVfs&) = delete;
  ~WatchingVfs();

  /// How many different open files did each thing so far: a connection has one of each kind.
  struct Counts {
    std::size_t databases = 0;          // opened
    std::size_t database_writers = 0;   // wrote pages back: checkpointed
    std::size_t log_writers = 0;        // wrote to the write-ahead log, or reset it
    std::size_t checkpoint_lockers = 0; // took the lock for checkpoints
  };
  static Counts counts();

 private:
  std::unique_ptr<sqlite3_vfs> vfs_;
};

}  // namespace granary::meta::sqlite
