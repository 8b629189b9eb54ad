// Opening the database with the settings that durability rests on.
#include "meta/sqlite/database.h"

#include <sqlite3.h>

#include <algorithm>

#include "base/limits.h"
#include "base/log.h"
#include "meta/sqlite/schema.h"

namespace granary::meta::sqlite {
namespace {

// Versions before this can lose data when two connections write and checkpoint at one moment
// (sqlite.org/wal.html, "the WAL-reset bug"). Granary's one writer keeps clear of it.
constexpr int kSoundVersion = 3'051'003;

bool in_memory(const SqliteOptions& options) { return options.path == ":memory:"; }

std::string folder_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<std::unique_ptr<Connection>> open_writer(const SqliteOptions& options,
                                                const SqliteVfs* vfs) {
  TRY(auto writer, Connection::open({.path = options.path, .vfs = vfs ? vfs->name() : ""}));
  if (vfs != nullptr) TRY_DONE(writer->execute("PRAGMA locking_mode = EXCLUSIVE"));
  sqlite3_busy_timeout(writer->handle(), static_cast<int>(limits::kCheckpointWaitTime.count()));
  TRY_DONE(writer->execute("PRAGMA page_size = " + std::to_string(kPageSizeBytes)));
  {
    TRY(auto mode, writer->query("PRAGMA journal_mode = WAL"));
    TRY_DONE(mode.step_to_row(ErrorKind::Internal, "no answer to journal_mode"));
    std::string given;
    TRY_DONE(mode.read(given));
    if (given != "wal" && !in_memory(options)) {
      return fail(ErrorKind::Internal, "the database does not go to WAL mode, but to " + given);
    }
  }
  TRY_DONE(writer->execute(
      "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON;"
      "PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192;"
      "PRAGMA journal_size_limit = " +
      std::to_string(options.checkpoint_size_bytes)));
  return writer;
}

Result<std::unique_ptr<Connection>> open_reader(const SqliteOptions& options) {
  TRY(auto reader, Connection::open({.path = options.path, .read_only = true}));
  GRANARY_ASSERT(reader->read_only());
  const auto wait = std::chrono::milliseconds(limits::kReaderBusyTime);
  sqlite3_busy_timeout(reader->handle(), static_cast<int>(wait.count()));
  TRY_DONE(
      reader->execute("PRAGMA query_only = ON; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;"
                      "PRAGMA temp_store = MEMORY"));
  return reader;
}

// A kernel shows what it failed to force to disk, and forgets that it failed. What an earlier
// process left in the log is therefore written once more, and forced, before anything is built on
// it.
// Errors: NoSpace, Internal.
Result<void> rewrite_log(Env& env, const std::string& path) {
  auto log = env.files.open(path, OpenMode::ReadWrite);
  if (!log && log.error().kind == ErrorKind::NotFound) return {};
  if (!log) return tl::unexpected(std::move(log).error());
  TRY(const std::uint64_t size_bytes, (*log)->size_bytes());
  if (size_bytes == 0) return {};
  Bytes buffer(static_cast<std::size_t>(std::min<std::uint64_t>(size_bytes, limits::kMiB)));
  for (std::uint64_t at = 0; at < size_bytes;) {
    const auto wanted = std::min<std::uint64_t>(buffer.size(), size_bytes - at);
    TRY(const std::size_t got,
        (*log)->read_at(at, std::span(buffer).first(static_cast<std::size_t>(wanted))));
    if (got == 0) break;
    TRY_DONE((*log)->write_at(at, ByteView(buffer).first(got)));
    at += got;
  }
  return (*log)->sync();
}

// Folds the log into the database and empties it, durably, before the first commit: else later
// writes might complete, by chance, a commit of which a power cut left a part.
Result<void> begin_new_log(Env& env, const std::string& path, Writer& writer) {
  TRY_DONE(writer.empty_log());
  const auto log = env.files.open(path, OpenMode::ReadWrite);
  if (log) return (*log)->sync();
  if (log.error().kind == ErrorKind::NotFound) return {};
  return tl::unexpected(log.error());
}

void report_version() {
  if (sqlite3_libversion_number() >= kSoundVersion) return;
  log::warn("SQLite is older than 3.51.3; nothing but Granary may open its database",
            {{"version", sqlite3_libversion()}});
}

}  // namespace

void ReaderPool::add(std::unique_ptr<Connection> connection) {
  idle_.push_back(std::move(connection));
  ++count_;
}

ReaderPool::Loan ReaderPool::take() {
  std::unique_lock lock(mutex_);
  returned_.wait(lock, [&] { return !idle_.empty(); });
  auto connection = std::move(idle_.back());
  idle_.pop_back();
  return {*this, std::move(connection)};
}

void ReaderPool::give_back(std::unique_ptr<Connection> connection) {
  {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(connection));
  }
  returned_.notify_one();
}

Result<std::unique_ptr<Database>> Database::open(Env& env, const SqliteOptions& options) {
  configure_sqlite();
  report_version();
  std::unique_ptr<Database> database(new Database(env));
  if (!in_memory(options)) {
    TRY(database->lock_, env.files.lock(options.path + ".lock"));
  }
  if (options.through_env) {
    TRY(database->vfs_, SqliteVfs::create(env));
  }
  if (!in_memory(options)) TRY_DONE(rewrite_log(env, options.path + "-wal"));
  TRY(auto writer, open_writer(options, database->vfs_.get()));
  TRY_DONE(migrate(*writer));
  database->writer_ = std::make_unique<Writer>(std::move(writer), options.checkpoint_size_bytes);
  if (in_memory(options)) return database;
  TRY_DONE(begin_new_log(env, options.path + "-wal", *database->writer_));
  // SQLite makes its files' contents durable, but not the name of the database itself.
  TRY_DONE(env.files.sync_directory(folder_of(options.path)));
  if (options.through_env) return database;
  const auto count = std::min(options.reader_count, limits::kReaderCountMax);
  for (std::size_t i = 0; i < count; ++i) {
    TRY(auto reader, open_reader(options));
    database->readers_.add(std::move(reader));
  }
  return database;
}

}  // namespace granary::meta::sqlite
