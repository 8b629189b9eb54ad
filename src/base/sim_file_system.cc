// The FileSystem port over SimDisk: handles, locks, faults, capacity and the trace.
#include "base/sim_file_system.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace granary {

using NodeId = SimDisk::NodeId;

struct SimFileSystem::Core {
  Core(Clock& clock_, std::uint64_t seed_) : clock(clock_), seed(seed_) {}

  /// Every call comes by here first: the observer sees it, the trace notes it, a fault may hit it.
  Result<void> enter(SimCall call, std::string_view path, std::uint64_t detail = 0);
  Result<void> have_space(NodeId id, std::uint64_t size_bytes);
  std::uint64_t used_bytes_of(NodeId id) const;
  void note(std::uint64_t value) { trace = SimNumbers::mix(trace, value); }
  void note_bytes(ByteView bytes);
  void drop_if_unused(NodeId id);

  Clock& clock;
  std::uint64_t seed;
  std::mutex opening;  // held while a name is looked up and perhaps made
  std::mutex mutex;  // guards all below but the observer, which is set before the first call
  SimDisk disk;
  std::function<void(const SimEvent&)> observer;
  std::vector<SimFault> faults;
  std::uint64_t failed_calls = 0;
  std::uint64_t trace = 0;
  std::uint64_t capacity_bytes = ~std::uint64_t{0};
  std::uint64_t used_bytes = 0;
  std::unordered_map<NodeId, std::uint64_t> reserved_bytes;
  std::unordered_map<NodeId, std::uint32_t> open_counts;
  std::set<NodeId> locked;
  bool short_read = false;  // the call that just entered is to be cut short
};

namespace {

std::uint64_t hash_text(std::string_view text) {
  std::uint64_t hash = text.size();
  for (const char letter : text) {
    hash = hash * 0x100000001B3ULL ^ static_cast<unsigned char>(letter);
  }
  return hash;
}

Error error_of(const SimFault& fault) {
  if (fault.kind == SimFault::Kind::NoSpace) {
    return {ErrorKind::NoSpace, "simulated: no space left"};
  }
  return {ErrorKind::Internal, "simulated: input/output error"};
}

}  // namespace

Result<void> SimFileSystem::Core::enter(SimCall call, std::string_view path, std::uint64_t detail) {
  if (observer && call >= SimCall::Write) observer({call, path});
  const std::lock_guard guard(mutex);
  note(static_cast<std::uint64_t>(call));
  note(hash_text(path));
  note(detail);
  short_read = false;
  for (SimFault& fault : faults) {
    if (!fault.calls.contains(call)) continue;
    if (fault.skip_count > 0) {
      --fault.skip_count;
      continue;
    }
    const SimFault hit = fault;
    if (!hit.for_ever) fault.calls.clear();
    ++failed_calls;
    if (hit.kind == SimFault::Kind::ShortRead)
      short_read = true;
    else
      return tl::unexpected(error_of(hit));
  }
  return {};
}

// Four hashes side by side: one alone would wait for each of its multiplications.
void SimFileSystem::Core::note_bytes(ByteView bytes) {
  std::array<std::uint64_t, 4> hashes{1, 2, 3, bytes.size()};
  std::array<std::uint64_t, 4> words;
  std::size_t at = 0;
  for (; at + sizeof words <= bytes.size(); at += sizeof words) {
    std::memcpy(&words, bytes.data() + at, sizeof words);
    for (std::size_t i = 0; i < words.size(); ++i) {
      hashes[i] = (hashes[i] ^ words[i]) * 0x9E3779B97F4A7C15ULL;
      hashes[i] ^= hashes[i] >> 29;
    }
  }
  for (; at < bytes.size(); ++at)
    hashes[0] = hashes[0] * 31 + static_cast<std::uint64_t>(bytes[at]);
  for (const std::uint64_t hash : hashes) note(hash);
}

std::uint64_t SimFileSystem::Core::used_bytes_of(NodeId id) const {
  const auto reserved = reserved_bytes.find(id);
  return std::max(disk.size_bytes(id), reserved == reserved_bytes.end() ? 0 : reserved->second);
}

Result<void> SimFileSystem::Core::have_space(NodeId id, std::uint64_t size_bytes) {
  const std::uint64_t now = used_bytes_of(id);
  if (size_bytes <= now) return {};
  if (size_bytes - now > capacity_bytes - std::min(capacity_bytes, used_bytes)) {
    return fail(ErrorKind::NoSpace, "simulated: the disk is full");
  }
  used_bytes += size_bytes - now;
  return {};
}

void SimFileSystem::Core::drop_if_unused(NodeId id) {
  if (disk.link_count(id) > 0 || open_counts.contains(id)) return;
  if (!disk.is_directory(id)) used_bytes -= used_bytes_of(id);
  reserved_bytes.erase(id);
  disk.release(id);
}

class SimFileSystem::OpenFile final : public File {
 public:
  OpenFile(std::shared_ptr<Core> core, NodeId id, std::string path, bool holds_lock)
      : core_(std::move(core)), id_(id), path_(std::move(path)), holds_lock_(holds_lock) {
    ++core_->open_counts[id_];
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() override {
    const std::lock_guard guard(core_->mutex);
    if (holds_lock_) core_->locked.erase(id_);
    if (--core_->open_counts[id_] == 0) core_->open_counts.erase(id_);
    core_->drop_if_unused(id_);
  }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    TRY_DONE(core_->enter(SimCall::Read, path_, offset));
    const std::lock_guard guard(core_->mutex);
    const std::size_t got = core_->disk.read(id_, offset, out);
    return core_->short_read ? got / 2 : got;
  }

  Result<void> write_at(std::uint64_t offset, ByteView bytes) override {
    TRY_DONE(core_->enter(SimCall::Write, path_, offset));
    const std::lock_guard guard(core_->mutex);
    TRY_DONE(core_->have_space(id_, offset + bytes.size()));
    core_->note_bytes(bytes);
    core_->disk.write(id_, offset, bytes, core_->clock.wall_now());
    return {};
  }

  Result<void> truncate(std::uint64_t size) override {
    TRY_DONE(core_->enter(SimCall::Truncate, path_, size));
    const std::lock_guard guard(core_->mutex);
    TRY_DONE(core_->have_space(id_, size));
    const std::uint64_t before = core_->used_bytes_of(id_);
    core_->reserved_bytes.erase(id_);
    core_->disk.resize(id_, size, core_->clock.wall_now());
    core_->used_bytes -= before - core_->used_bytes_of(id_);
    return {};
  }

  Result<void> reserve(std::uint64_t size) override {
    TRY_DONE(core_->enter(SimCall::Reserve, path_, size));
    const std::lock_guard guard(core_->mutex);
    TRY_DONE(core_->have_space(id_, size));
    auto& reserved = core_->reserved_bytes[id_];
    reserved = std::max(reserved, size);
    return {};
  }

  Result<void> sync() override {
    const Result<void> entered = core_->enter(SimCall::Sync, path_);
    const std::lock_guard guard(core_->mutex);
    if (entered)
      core_->disk.sync(id_);
    else
      core_->disk.lose_unsynced(id_, core_->trace);
    return entered;
  }

  Result<std::uint64_t> size_bytes() override {
    const std::lock_guard guard(core_->mutex);
    return core_->disk.size_bytes(id_);
  }

  int descriptor() const override { return -1; }

  NodeId id() const { return id_; }

 private:
  std::shared_ptr<Core> core_;
  NodeId id_;
  std::string path_;
  bool holds_lock_;
};

SimFileSystem::SimFileSystem(Clock& clock, std::uint64_t seed)
    : core_(std::make_shared<Core>(clock, seed)) {}
SimFileSystem::SimFileSystem(std::shared_ptr<Core> core) : core_(std::move(core)) {}
SimFileSystem::~SimFileSystem() = default;

std::unique_ptr<SimFileSystem> SimFileSystem::crash(std::uint64_t seed) const {
  auto core = std::make_shared<Core>(core_->clock, SimNumbers::mix(core_->seed, seed));
  {
    const std::lock_guard guard(core_->mutex);
    core->disk = core_->disk.crash(seed);
    core->capacity_bytes = core_->capacity_bytes;
  }
  core->used_bytes = core->disk.used_bytes();
  return std::unique_ptr<SimFileSystem>(new SimFileSystem(std::move(core)));
}

void SimFileSystem::inject(const SimFault& fault) {
  const std::lock_guard guard(core_->mutex);
  core_->faults.push_back(fault);
}

void SimFileSystem::clear_faults() {
  const std::lock_guard guard(core_->mutex);
  core_->faults.clear();
}

std::uint64_t SimFileSystem::failed_call_count() const {
  const std::lock_guard guard(core_->mutex);
  return core_->failed_calls;
}

void SimFileSystem::set_capacity(std::uint64_t size_bytes) {
  const std::lock_guard guard(core_->mutex);
  core_->capacity_bytes = size_bytes;
}

void SimFileSystem::set_observer(std::function<void(const SimEvent&)> observer) {
  core_->observer = std::move(observer);
}

std::uint64_t SimFileSystem::trace_hash() const {
  const std::lock_guard guard(core_->mutex);
  return core_->trace;
}

Result<std::unique_ptr<File>> SimFileSystem::open(const std::string& path, OpenMode mode) {
  const std::lock_guard opening(core_->opening);
  bool exists = false;
  {
    const std::lock_guard guard(core_->mutex);
    exists = core_->disk.find(path).has_value();
  }
  const bool may_create = mode == OpenMode::CreateNew || mode == OpenMode::CreateReadWrite;
  const bool creates = may_create && !exists;
  TRY_DONE(core_->enter(creates ? SimCall::Create : SimCall::Open, path));
  const std::lock_guard guard(core_->mutex);
  if (creates) {
    TRY(const auto place, core_->disk.place_of(path));
    TRY_DONE(core_->disk.link(place, core_->disk.create(false, core_->clock.wall_now())));
  } else if (mode == OpenMode::CreateNew) {
    return fail(ErrorKind::Conflict, path + " exists");
  }
  TRY(const NodeId id, core_->disk.find(path));
  if (core_->disk.is_directory(id)) return fail(ErrorKind::Internal, path + " is a folder");
  return std::unique_ptr<File>(std::make_unique<OpenFile>(core_, id, path, false));
}

Result<std::unique_ptr<File>> SimFileSystem::create_unnamed(const std::string& directory) {
  TRY_DONE(core_->enter(SimCall::Create, directory));
  const std::lock_guard guard(core_->mutex);
  TRY_DONE(core_->disk.find(directory));
  const NodeId id = core_->disk.create(false, core_->clock.wall_now());
  return std::unique_ptr<File>(std::make_unique<OpenFile>(core_, id, "", false));
}

Result<void> SimFileSystem::publish(File& file, const std::string& path) {
  TRY_DONE(core_->enter(SimCall::Publish, path));
  const std::lock_guard guard(core_->mutex);
  TRY(const auto place, core_->disk.place_of(path));
  return core_->disk.link(place, dynamic_cast<OpenFile&>(file).id());
}

Result<void> SimFileSystem::rename(const std::string& from, const std::string& to) {
  TRY_DONE(core_->enter(SimCall::Rename, to, hash_text(from)));
  const std::lock_guard guard(core_->mutex);
  TRY(const auto source, core_->disk.place_of(from));
  TRY(const auto target, core_->disk.place_of(to));
  const Result<NodeId> replaced = core_->disk.find(to);
  TRY_DONE(core_->disk.rename(source, target));
  if (replaced) core_->drop_if_unused(*replaced);
  return {};
}

Result<void> SimFileSystem::remove(const std::string& path) {
  TRY_DONE(core_->enter(SimCall::Remove, path));
  const std::lock_guard guard(core_->mutex);
  TRY(const NodeId id, core_->disk.find(path));
  TRY(const auto place, core_->disk.place_of(path));
  TRY_DONE(core_->disk.unlink(place));
  core_->drop_if_unused(id);
  return {};
}

Result<void> SimFileSystem::make_directory(const std::string& path) {
  TRY_DONE(core_->enter(SimCall::MakeDirectory, path));
  const std::lock_guard guard(core_->mutex);
  if (core_->disk.find(path)) return {};
  TRY(const auto place, core_->disk.place_of(path));
  return core_->disk.link(place, core_->disk.create(true, core_->clock.wall_now()));
}

Result<void> SimFileSystem::sync_directory(const std::string& path) {
  const Result<void> entered = core_->enter(SimCall::SyncDirectory, path);
  const std::lock_guard guard(core_->mutex);
  TRY(const NodeId id, core_->disk.find(path));
  if (entered)
    core_->disk.sync(id);
  else
    core_->disk.lose_unsynced(id, core_->trace);
  return entered;
}

Result<FileStat> SimFileSystem::stat(const std::string& path) {
  const std::lock_guard guard(core_->mutex);
  TRY(const NodeId id, core_->disk.find(path));
  return FileStat{.size_bytes = core_->disk.size_bytes(id),
                  .is_directory = core_->disk.is_directory(id),
                  .modified = core_->disk.modified(id)};
}

Result<std::vector<std::string>> SimFileSystem::list(const std::string& path) {
  const std::lock_guard guard(core_->mutex);
  TRY(const NodeId id, core_->disk.find(path));
  if (!core_->disk.is_directory(id)) return fail(ErrorKind::Internal, path + " is no folder");
  return core_->disk.names(id);
}

Result<std::uint64_t> SimFileSystem::free_bytes(const std::string& path) {
  const std::lock_guard guard(core_->mutex);
  TRY_DONE(core_->disk.find(path));
  return core_->capacity_bytes - std::min(core_->capacity_bytes, core_->used_bytes);
}

Result<std::uint64_t> SimFileSystem::total_bytes(const std::string& path) {
  const std::lock_guard guard(core_->mutex);
  TRY_DONE(core_->disk.find(path));
  return core_->capacity_bytes;
}

Result<std::unique_ptr<File>> SimFileSystem::lock(const std::string& path) {
  TRY(auto opened, open(path, OpenMode::CreateReadWrite));
  const NodeId id = dynamic_cast<OpenFile&>(*opened).id();
  const std::lock_guard guard(core_->mutex);
  if (!core_->locked.insert(id).second) {
    return fail(ErrorKind::Conflict, path + " is held by another process");
  }
  return std::unique_ptr<File>(std::make_unique<OpenFile>(core_, id, path, true));
}

}  // namespace granary
