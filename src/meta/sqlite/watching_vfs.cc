// For tests: SQLite's own VFS, watched.
#include "meta/sqlite/watching_vfs.h"

#include <sqlite3.h>

#include <mutex>
#include <set>

namespace granary::meta::sqlite {
namespace {

constexpr int kCheckpointLock = 1;  // sqlite.org/walformat.html, "WAL locks"

/// SQLite's file object: ours first, the watched one behind it.
struct WatchedFile {
  sqlite3_file base;
  int kind;
};

struct Seen {
  std::mutex mutex;
  sqlite3_vfs* real = nullptr;
  // Connections of one store are open together, so their files' addresses differ.
  std::set<const void*> databases, database_writers, log_writers, checkpoint_lockers;
};

Seen& seen() {
  static Seen all;
  return all;
}

sqlite3_file* real_of(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<WatchedFile*>(file) + 1);
}

void note_write(sqlite3_file* file) {
  const std::lock_guard lock(seen().mutex);
  const int kind = reinterpret_cast<WatchedFile*>(file)->kind;
  if ((kind & SQLITE_OPEN_WAL) != 0) seen().log_writers.insert(file);
  if ((kind & SQLITE_OPEN_MAIN_DB) != 0) seen().database_writers.insert(file);
}

int close_file(sqlite3_file* file) { return real_of(file)->pMethods->xClose(real_of(file)); }
int read_file(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
  return real_of(file)->pMethods->xRead(real_of(file), out, size, offset);
}
int write_file(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  note_write(file);
  return real_of(file)->pMethods->xWrite(real_of(file), data, size, offset);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  note_write(file);
  return real_of(file)->pMethods->xTruncate(real_of(file), size);
}
int sync_file(sqlite3_file* file, int flags) {
  return real_of(file)->pMethods->xSync(real_of(file), flags);
}
int size_of_file(sqlite3_file* file, sqlite3_int64* out) {
  return real_of(file)->pMethods->xFileSize(real_of(file), out);
}
int lock_file(sqlite3_file* file, int level) {
  return real_of(file)->pMethods->xLock(real_of(file), level);
}
int unlock_file(sqlite3_file* file, int level) {
  return real_of(file)->pMethods->xUnlock(real_of(file), level);
}
int check_reserved_lock(sqlite3_file* file, int* out) {
  return real_of(file)->pMethods->xCheckReservedLock(real_of(file), out);
}
int control_file(sqlite3_file* file, int what, void* argument) {
  return real_of(file)->pMethods->xFileControl(real_of(file), what, argument);
}
int sector_size(sqlite3_file* file) { return real_of(file)->pMethods->xSectorSize(real_of(file)); }
int characteristics(sqlite3_file* file) {
  return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
}
int map_shared(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, out);
}
int lock_shared(sqlite3_file* file, int offset, int count, int flags) {
  const bool taken = (flags & SQLITE_SHM_LOCK) != 0 && (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  if (taken && offset <= kCheckpointLock && kCheckpointLock < offset + count) {
    const std::lock_guard lock(seen().mutex);
    seen().checkpoint_lockers.insert(file);
  }
  return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
}
void barrier(sqlite3_file* file) { real_of(file)->pMethods->xShmBarrier(real_of(file)); }
int unmap_shared(sqlite3_file* file, int remove) {
  return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

constexpr sqlite3_io_methods kMethods = {
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = size_of_file,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_reserved_lock,
    .xFileControl = control_file,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = map_shared,
    .xShmLock = lock_shared,
    .xShmBarrier = barrier,
    .xShmUnmap = unmap_shared,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* watched = reinterpret_cast<WatchedFile*>(file);
  watched->base.pMethods = nullptr;
  watched->kind = flags;
  const int code = seen().real->xOpen(seen().real, name, real_of(file), flags, out_flags);
  if (code != SQLITE_OK) return code;
  watched->base.pMethods = &kMethods;
  const std::lock_guard lock(seen().mutex);
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0) seen().databases.insert(file);
  return code;
}

}  // namespace

WatchingVfs::WatchingVfs() {
  Seen& all = seen();
  all.real = sqlite3_vfs_find(nullptr);
  all.databases.clear();
  all.database_writers.clear();
  all.log_writers.clear();
  all.checkpoint_lockers.clear();
  vfs_ = std::make_unique<sqlite3_vfs>(*all.real);
  vfs_->zName = "granary-watching";
  vfs_->szOsFile = static_cast<int>(sizeof(WatchedFile)) + all.real->szOsFile;
  vfs_->xOpen = open_file;
  sqlite3_vfs_register(vfs_.get(), 1);
}

WatchingVfs::~WatchingVfs() {
  sqlite3_vfs_unregister(vfs_.get());
  sqlite3_vfs_register(seen().real, 1);
}

WatchingVfs::Counts WatchingVfs::counts() {
  const std::lock_guard lock(seen().mutex);
  return {.databases = seen().databases.size(),
          .database_writers = seen().database_writers.size(),
          .log_writers = seen().log_writers.size(),
          .checkpoint_lockers = seen().checkpoint_lockers.size()};
}

}  // namespace granary::meta::sqlite
