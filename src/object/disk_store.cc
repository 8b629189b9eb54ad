// The disk store: unnamed files, synced, linked, their folder synced; nothing overwritten.
#include "object/disk_store.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>

#include "base/limits.h"
#include "base/log.h"
#include "object/directory_syncs.h"
#include "object/disk_layout.h"

namespace granary::object {
namespace {

class DiskStore;

class DiskWriter final : public ObjectWriter {
 public:
  DiskWriter(DiskStore& store, std::unique_ptr<File> file, std::uint64_t reserved_bytes)
      : store_(store), file_(std::move(file)), reserved_bytes_(reserved_bytes) {}
  DiskWriter(const DiskWriter&) = delete;
  DiskWriter& operator=(const DiskWriter&) = delete;
  ~DiskWriter() override;

  Result<void> write(ByteView bytes) override;
  Result<void> seal() override;
  Result<void> publish(const ObjectName& name) override;

  /// Links the sealed file under `path`. Errors: Conflict if the name exists.
  Result<void> link(const std::string& path);

 private:
  Result<void> park();

  DiskStore& store_;
  std::unique_ptr<File> file_;  // null while parked
  std::string parked_path_;     // in staging; empty: not parked
  std::uint64_t reserved_bytes_;
  std::uint64_t size_bytes_ = 0;
  bool sealed_ = false;
};

class DiskReader final : public ObjectReader {
 public:
  DiskReader(std::unique_ptr<File> file, std::uint64_t size_bytes)
      : file_(std::move(file)), size_bytes_(size_bytes) {}
  std::uint64_t size_bytes() const override { return size_bytes_; }
  Result<void> read_at(std::uint64_t offset, std::span<std::byte> out) const override {
    if (offset <= size_bytes_ && out.size() <= size_bytes_ - offset) {
      TRY(const std::size_t got, file_->read_at(offset, out));
      if (got == out.size()) return {};
    }
    return fail(ErrorKind::Corrupt, "an object ends too early");
  }
  void will_read(std::uint64_t offset, std::uint64_t size) const override {
    if (descriptor() < 0) return;
    ::posix_fadvise(descriptor(), static_cast<off_t>(offset), static_cast<off_t>(size),
                    POSIX_FADV_WILLNEED);
  }
  int descriptor() const override { return file_->descriptor(); }

 private:
  std::unique_ptr<File> file_;
  std::uint64_t size_bytes_;
};

class DiskStore final : public ObjectStore {
 public:
  DiskStore(Env& env, const std::string& folder, std::uint64_t floor_bytes)
      : env_(env), layout_(folder), floor_bytes_(floor_bytes) {}

  Result<void> check_space(std::uint64_t size_bytes) override;
  Result<std::unique_ptr<ObjectWriter>> create(std::uint64_t size_bytes_hint) override;
  Result<void> publish_all(std::span<const Publication> objects) override;
  Result<std::shared_ptr<const ObjectReader>> open(const ObjectName& name) override;
  Result<void> remove(const ObjectName& name) override;
  Result<void> for_each(const std::function<Result<void>(const ObjectName&)>& visit) override;
  std::string write_refusal() const override;

 private:
  friend class DiskWriter;
  Result<void> may_write() const;
  /// Turns a failed sync into the refusal of all writes from now on.
  Result<void> check_sync(Result<void> synced, const std::string& path);
  Result<void> publish_claimed(std::span<const Publication> objects);
  Result<bool> link(const Publication& object);
  Result<void> sync_shard(unsigned shard);
  std::string new_staging_path();

  Env& env_;
  DiskLayout layout_;
  std::uint64_t floor_bytes_;
  std::atomic<int> sealed_open_count_ = 0;  // sealed writers that still hold a descriptor

  mutable std::mutex refusal_mutex_;
  std::string refusal_;

  std::mutex publishing_mutex_;
  std::condition_variable published_;
  std::set<ObjectName> publishing_;  // each by one thread; others of that name wait for it

  std::array<DirectorySyncs, DiskLayout::kShardCount> shard_syncs_;
};

Result<void> DiskStore::check_space(std::uint64_t size_bytes) {
  TRY(const std::uint64_t free, env_.files.free_bytes(layout_.objects()));
  if (free >= floor_bytes_ && free - floor_bytes_ >= size_bytes) return {};
  return fail(ErrorKind::NoSpace, "the disk is nearly full");
}

Result<std::unique_ptr<ObjectWriter>> DiskStore::create(std::uint64_t size_bytes_hint) {
  TRY_DONE(may_write());
  TRY_DONE(check_space(size_bytes_hint));
  TRY(auto file, env_.files.create_unnamed(layout_.objects()));
  if (size_bytes_hint > 0) TRY_DONE(file->reserve(size_bytes_hint));
  return std::unique_ptr<ObjectWriter>(
      std::make_unique<DiskWriter>(*this, std::move(file), size_bytes_hint));
}

Result<std::shared_ptr<const ObjectReader>> DiskStore::open(const ObjectName& name) {
  TRY(auto file, env_.files.open(layout_.path_of(name), OpenMode::Read));
  TRY(const std::uint64_t size_bytes, file->size_bytes());
  return std::shared_ptr<const ObjectReader>(
      std::make_shared<DiskReader>(std::move(file), size_bytes));
}

Result<void> DiskStore::remove(const ObjectName& name) {
  TRY_DONE(may_write());
  TRY_DONE(env_.files.remove(layout_.path_of(name)));
  return sync_shard(DiskLayout::shard_of(name));
}

Result<void> DiskStore::for_each(const std::function<Result<void>(const ObjectName&)>& visit) {
  for (unsigned shard = 0; shard < DiskLayout::kShardCount; ++shard) {
    TRY(const auto file_names, env_.files.list(layout_.shard(shard)));
    for (const std::string& file_name : file_names) {
      if (const auto name = DiskLayout::parse(file_name)) TRY_DONE(visit(*name));
    }
  }
  return {};
}

std::string DiskStore::write_refusal() const {
  const std::lock_guard lock(refusal_mutex_);
  return refusal_;
}

Result<void> DiskStore::may_write() const {
  const std::string refusal = write_refusal();
  if (refusal.empty()) return {};
  return fail(ErrorKind::Unavailable, "the store is read-only: " + refusal);
}

Result<void> DiskStore::check_sync(Result<void> synced, const std::string& path) {
  if (synced) return {};
  const std::string reason = "forcing " + path + " to disk failed: " + synced.error().message;
  {
    const std::lock_guard lock(refusal_mutex_);
    if (refusal_.empty()) refusal_ = reason;
  }
  log::error("store refuses writes until restart", {{"reason", reason}});
  return fail(ErrorKind::Unavailable, "the store is read-only: " + reason);
}

// Two writers of one name go one after the other. The second must not be told "stored" on the
// strength of a name whose folder the first has not synced yet, and may take back.
Result<void> DiskStore::publish_all(std::span<const Publication> objects) {
  std::set<ObjectName> names;
  for (const Publication& object : objects) {
    TRY_DONE(object.writer->seal());
    names.insert(object.name);
  }
  {
    std::unique_lock lock(publishing_mutex_);
    published_.wait(lock, [&] {
      return std::none_of(names.begin(), names.end(),
                          [&](const ObjectName& name) { return publishing_.contains(name); });
    });
    publishing_.insert(names.begin(), names.end());
  }
  Result<void> done = publish_claimed(objects);
  {
    const std::lock_guard lock(publishing_mutex_);
    for (const ObjectName& name : names) publishing_.erase(name);
  }
  published_.notify_all();
  return done;
}

Result<void> DiskStore::publish_claimed(std::span<const Publication> objects) {
  TRY_DONE(may_write());
  std::vector<std::string> linked;
  std::set<unsigned> shards;
  Result<void> done;
  for (const Publication& object : objects) {
    const Result<bool> fresh = link(object);
    if (!fresh) {
      done = tl::unexpected(fresh.error());
      break;
    }
    if (*fresh) linked.push_back(layout_.path_of(object.name));
    shards.insert(DiskLayout::shard_of(object.name));
  }
  for (const unsigned shard : shards) {
    if (done) done = sync_shard(shard);
  }
  if (done) return {};
  for (const std::string& path : linked) {
    const Result<void> removed = env_.files.remove(path);
    if (!removed) log::warn("unsynced object left", {{"why", removed.error().message}});
  }
  return done;
}

// Gives false for a name that exists. An older life of this process may have died between linking
// it and syncing, so it is made durable like a new one.
Result<bool> DiskStore::link(const Publication& object) {
  const std::string path = layout_.path_of(object.name);
  const Result<void> linked = static_cast<DiskWriter&>(*object.writer).link(path);
  if (linked) return true;
  if (linked.error().kind != ErrorKind::Conflict) return tl::unexpected(linked.error());
  TRY(auto existing, env_.files.open(path, OpenMode::Read));
  TRY_DONE(check_sync(existing->sync(), path));
  return false;
}

Result<void> DiskStore::sync_shard(unsigned shard) {
  const std::string path = layout_.shard(shard);
  return check_sync(shard_syncs_[shard].sync(env_.files, path), path);
}

std::string DiskStore::new_staging_path() {
  std::array<std::byte, 8> number{};
  env_.random.fill(number);
  return layout_.staging() + "/" + to_hex(number);
}

DiskWriter::~DiskWriter() {
  if (sealed_ && file_) --store_.sealed_open_count_;
  if (parked_path_.empty()) return;
  const Result<void> removed = store_.env_.files.remove(parked_path_);
  if (!removed) log::warn("staged object left", {{"why", removed.error().message}});
}

Result<void> DiskWriter::write(ByteView bytes) {
  GRANARY_ASSERT(!sealed_);
  TRY_DONE(file_->write_at(size_bytes_, bytes));
  size_bytes_ += bytes.size();
  return {};
}

Result<void> DiskWriter::seal() {
  if (sealed_) return {};
  TRY_DONE(store_.may_write());
  if (reserved_bytes_ > size_bytes_) TRY_DONE(file_->truncate(size_bytes_));
  TRY_DONE(store_.check_sync(file_->sync(), "an object"));
  sealed_ = true;
  if (++store_.sealed_open_count_ > static_cast<int>(limits::kSealedObjectsOpenMax)) {
    return park();
  }
  return {};
}

// Gives the file a name in staging, so that it outlives its descriptor.
Result<void> DiskWriter::park() {
  const std::string path = store_.new_staging_path();
  TRY_DONE(store_.env_.files.publish(*file_, path));
  parked_path_ = path;
  file_.reset();
  --store_.sealed_open_count_;
  return {};
}

Result<void> DiskWriter::publish(const ObjectName& name) {
  const Publication alone{this, name};
  return store_.publish_all({&alone, 1});
}

Result<void> DiskWriter::link(const std::string& path) {
  if (file_) return store_.env_.files.publish(*file_, path);
  TRY(auto file, store_.env_.files.open(parked_path_, OpenMode::Read));
  return store_.env_.files.publish(*file, path);
}

// Folders are made once and synced with their parents, so that no publish has to.
Result<void> make_layout(FileSystem& files, const DiskLayout& layout) {
  TRY_DONE(files.make_directory(layout.objects()));
  TRY_DONE(files.make_directory(layout.staging()));
  TRY(const auto present, files.list(layout.objects()));
  auto next = present.begin();  // both are in the order of names
  for (unsigned shard = 0; shard < DiskLayout::kShardCount; ++shard) {
    const std::string name = DiskLayout::shard_name(shard);
    next = std::find_if(next, present.end(), [&](const auto& other) { return other >= name; });
    if (next != present.end() && *next == name) continue;
    TRY_DONE(files.make_directory(layout.shard(shard)));
  }
  // A new shard is empty: it has nothing but its name to lose, and that is in the parent.
  // Also when nothing was missing: a process that died may have made them and not synced.
  TRY_DONE(files.sync_directory(layout.objects()));
  return files.sync_directory(layout.folder());
}

Result<void> clear_staging(FileSystem& files, const DiskLayout& layout) {
  TRY(const auto names, files.list(layout.staging()));
  for (const std::string& name : names) TRY_DONE(files.remove(layout.staging() + "/" + name));
  return {};
}

}  // namespace

Result<std::unique_ptr<ObjectStore>> open_disk_store(Env& env, const std::string& folder,
                                                     const DiskStoreOptions& options) {
  const DiskLayout layout(folder);
  TRY_DONE(make_layout(env.files, layout));
  TRY_DONE(clear_staging(env.files, layout));
  TRY(const std::uint64_t total_bytes, env.files.total_bytes(folder));
  const std::uint64_t share = total_bytes / 100 * options.floor_percent;
  const std::uint64_t floor_bytes = std::max(options.floor_bytes, share);
  return std::unique_ptr<ObjectStore>(std::make_unique<DiskStore>(env, folder, floor_bytes));
}

}  // namespace granary::object
