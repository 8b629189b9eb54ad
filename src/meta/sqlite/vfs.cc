// SQLite's file access by way of the FileSystem port.
//
// SQLite is C: it allocates the file object and calls through tables of functions. Each function
// here does one thing with the port and gives SQLite's code for what came of it.
#include "meta/sqlite/vfs.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <utility>

namespace granary::meta::sqlite {
namespace {

constexpr int kPathSizeBytesMax = 1024;
constexpr int kSectorSizeBytes = 4096;  // what the unix VFS says
constexpr sqlite3_int64 kUnixEpochJulianMs = 210'866'760'000'000;

/// What lies behind a file of SQLite's: a file of the port, or, without a name, memory.
struct OpenFile {
  FileSystem* files = nullptr;
  std::unique_ptr<File> file;  // null: temporary, in `memory`
  Bytes memory;
  std::string path;
  bool name_is_new = false;   // its folder is not synced yet
  bool remove_at_close = false;
};

struct VfsFile {
  sqlite3_file base;  // first: SQLite sees this
  OpenFile* open;
};

Env& env_of(sqlite3_vfs* vfs) { return *static_cast<Env*>(vfs->pAppData); }

OpenFile& open_of(sqlite3_file* file) { return *reinterpret_cast<VfsFile*>(file)->open; }

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

int code_of(const Result<void>& result, int code) {
  if (result) return SQLITE_OK;
  return result.error().kind == ErrorKind::NoSpace ? SQLITE_FULL : code;
}

int close_file(sqlite3_file* file) {
  auto* vfs_file = reinterpret_cast<VfsFile*>(file);
  const std::unique_ptr<OpenFile> open(std::exchange(vfs_file->open, nullptr));
  if (!open || !open->remove_at_close || !open->file) return SQLITE_OK;
  open->file.reset();
  return code_of(open->files->remove(open->path), SQLITE_IOERR_DELETE);
}

int read_file(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
  OpenFile& open = open_of(file);
  const std::span<std::byte> wanted(static_cast<std::byte*>(out), static_cast<std::size_t>(size));
  const auto from = static_cast<std::uint64_t>(offset);
  std::size_t count = 0;
  if (open.file) {
    const auto got = open.file->read_at(from, wanted);
    if (!got) return SQLITE_IOERR_READ;
    count = *got;
  } else if (from < open.memory.size()) {
    count = std::min<std::size_t>(wanted.size(), open.memory.size() - from);
    std::memcpy(out, open.memory.data() + from, count);
  }
  if (count == wanted.size()) return SQLITE_OK;
  std::memset(wanted.data() + count, 0, wanted.size() - count);
  return SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
  OpenFile& open = open_of(file);
  const ByteView bytes(static_cast<const std::byte*>(data), static_cast<std::size_t>(size));
  const auto at = static_cast<std::uint64_t>(offset);
  if (open.file) return code_of(open.file->write_at(at, bytes), SQLITE_IOERR_WRITE);
  if (open.memory.size() < at + bytes.size()) open.memory.resize(at + bytes.size());
  std::copy(bytes.begin(), bytes.end(), open.memory.begin() + offset);
  return SQLITE_OK;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  OpenFile& open = open_of(file);
  const auto size_bytes = static_cast<std::uint64_t>(size);
  if (open.file) return code_of(open.file->truncate(size_bytes), SQLITE_IOERR_TRUNCATE);
  open.memory.resize(size_bytes);
  return SQLITE_OK;
}

int sync_file(sqlite3_file* file, int) {
  OpenFile& open = open_of(file);
  if (!open.file) return SQLITE_OK;
  if (const auto synced = open.file->sync(); !synced) return SQLITE_IOERR_FSYNC;
  if (!open.name_is_new) return SQLITE_OK;
  if (const auto named = open.files->sync_directory(folder_of(open.path)); !named) {
    return SQLITE_IOERR_DIR_FSYNC;
  }
  open.name_is_new = false;
  return SQLITE_OK;
}

int size_of_file(sqlite3_file* file, sqlite3_int64* out) {
  OpenFile& open = open_of(file);
  *out = static_cast<sqlite3_int64>(open.memory.size());
  if (!open.file) return SQLITE_OK;
  const auto size = open.file->size_bytes();
  if (!size) return SQLITE_IOERR_FSTAT;
  *out = static_cast<sqlite3_int64>(*size);
  return SQLITE_OK;
}

// The caller holds the only lock there is, on a file beside the database.
int lock_file(sqlite3_file*, int) { return SQLITE_OK; }
int check_reserved_lock(sqlite3_file*, int* out) {
  *out = 0;
  return SQLITE_OK;
}
int control_file(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return kSectorSizeBytes; }
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

// Version 1: without shared memory, which a write-ahead log needs only between connections.
constexpr sqlite3_io_methods kMethods = {
    .iVersion = 1,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = size_of_file,
    .xLock = lock_file,
    .xUnlock = lock_file,
    .xCheckReservedLock = check_reserved_lock,
    .xFileControl = control_file,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* vfs_file = reinterpret_cast<VfsFile*>(file);
  vfs_file->base.pMethods = nullptr;  // SQLite closes only what has methods
  auto open = std::make_unique<OpenFile>();
  open->files = &env_of(vfs).files;
  if (name != nullptr) {
    open->path = name;
    open->remove_at_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
    OpenMode mode = OpenMode::Read;
    if ((flags & SQLITE_OPEN_READWRITE) != 0) mode = OpenMode::ReadWrite;
    if ((flags & SQLITE_OPEN_CREATE) != 0) mode = OpenMode::CreateReadWrite;
    // Even if it was there: a killed process may have made it and never synced its name.
    open->name_is_new = mode == OpenMode::CreateReadWrite;
    auto opened = open->files->open(open->path, mode);
    if (!opened) return SQLITE_CANTOPEN;
    open->file = *std::move(opened);
  }
  vfs_file->open = open.release();
  vfs_file->base.pMethods = &kMethods;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  FileSystem& files = env_of(vfs).files;
  const std::string path = name;
  const auto removed = files.remove(path);
  if (!removed && removed.error().kind == ErrorKind::NotFound) return SQLITE_IOERR_DELETE_NOENT;
  if (!removed) return SQLITE_IOERR_DELETE;
  if (sync_folder == 0) return SQLITE_OK;
  return code_of(files.sync_directory(folder_of(path)), SQLITE_IOERR_DIR_FSYNC);
}

int access_file(sqlite3_vfs* vfs, const char* name, int, int* out) {
  const auto stat = env_of(vfs).files.stat(name);
  // As in the unix VFS, an empty file is as good as none.
  *out = stat && (stat->is_directory || stat->size_bytes > 0) ? 1 : 0;
  if (stat || stat.error().kind == ErrorKind::NotFound) return SQLITE_OK;
  return SQLITE_IOERR_ACCESS;
}

int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
  const int used = std::snprintf(out, static_cast<std::size_t>(size), "%s", name);
  return used < size ? SQLITE_OK : SQLITE_CANTOPEN;
}

int fill_random(sqlite3_vfs* vfs, int size, char* out) {
  env_of(vfs).random.fill({reinterpret_cast<std::byte*>(out), static_cast<std::size_t>(size)});
  return size;
}

// Nobody else holds anything to wait for.
int sleep_no_time(sqlite3_vfs*, int microseconds) { return microseconds; }

int current_time(sqlite3_vfs* vfs, sqlite3_int64* out) {
  *out = env_of(vfs).clock.wall_now().time_since_epoch().count() + kUnixEpochJulianMs;
  return SQLITE_OK;
}

int current_day(sqlite3_vfs* vfs, double* out) {
  sqlite3_int64 milliseconds = 0;
  current_time(vfs, &milliseconds);
  *out = static_cast<double>(milliseconds) / 86'400'000.0;
  return SQLITE_OK;
}

int last_error(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

SqliteVfs::SqliteVfs(Env& env) : vfs_(std::make_unique<sqlite3_vfs>()) {
  static std::atomic<std::uint64_t> made_count = 0;  // only to tell names apart
  name_ = "granary-" + std::to_string(made_count.fetch_add(1));
  *vfs_ = {.iVersion = 2,
           .szOsFile = sizeof(VfsFile),
           .mxPathname = kPathSizeBytesMax,
           .pNext = nullptr,
           .zName = name_.c_str(),
           .pAppData = &env,
           .xOpen = open_file,
           .xDelete = delete_file,
           .xAccess = access_file,
           .xFullPathname = full_path,
           .xDlOpen = nullptr,
           .xDlError = nullptr,
           .xDlSym = nullptr,
           .xDlClose = nullptr,
           .xRandomness = fill_random,
           .xSleep = sleep_no_time,
           .xCurrentTime = current_day,
           .xGetLastError = last_error,
           .xCurrentTimeInt64 = current_time,
           .xSetSystemCall = nullptr,
           .xGetSystemCall = nullptr,
           .xNextSystemCall = nullptr};
}

Result<std::unique_ptr<SqliteVfs>> SqliteVfs::create(Env& env) {
  std::unique_ptr<SqliteVfs> vfs(new SqliteVfs(env));
  const int code = sqlite3_vfs_register(vfs->vfs_.get(), 0);
  if (code != SQLITE_OK) return fail(ErrorKind::Internal, "registering a VFS with SQLite");
  // SQLite's own randomness (the log's salts) follows the env's, so that equal runs write equal
  // bytes. It is one for the whole process, as is SQLite's generator.
  std::array<std::byte, 4> seed{};
  env.random.fill(seed);
  const int number = static_cast<int>(load_u32(seed.data()) | 1);
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, number, static_cast<sqlite3*>(nullptr));
  return vfs;
}

SqliteVfs::~SqliteVfs() { sqlite3_vfs_unregister(vfs_.get()); }

}  // namespace granary::meta::sqlite
