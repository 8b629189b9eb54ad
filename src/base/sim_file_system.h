// The FileSystem port over a simulated disk, with power cuts, failing calls and a full disk.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "base/env.h"
#include "base/sim_disk.h"

namespace granary {

/// What can be seen or made to fail. Everything from Write on changes the disk or its safety.
enum class SimCall : std::uint8_t {
  Open,
  Read,
  Write,
  Truncate,
  Reserve,
  Sync,
  Create,
  Publish,
  Rename,
  Remove,
  MakeDirectory,
  SyncDirectory
};

struct SimEvent {
  SimCall call;
  std::string_view path;  // empty for a file without a name
};

/// Makes calls fail: of the matching ones, the first `skip_count` succeed.
struct SimFault {
  enum class Kind : std::uint8_t {
    NoSpace,    // the call fails with NoSpace and does nothing
    Io,  // fails with Internal; a sync then loses what was unsynced (SimDisk::lose_unsynced)
    ShortRead,  // a read gives half of what it could
  };
  Kind kind = Kind::Io;
  std::set<SimCall> calls;
  std::uint64_t skip_count = 0;
  bool for_ever = false;  // once, or from then on
};

class SimFileSystem final : public FileSystem {
 public:
  /// `clock` must outlive this and every file system made from it.
  SimFileSystem(Clock& clock, std::uint64_t seed);
  ~SimFileSystem() override;

  /// The file system that a machine would find after a power cut now: nothing open, nothing locked,
  /// no faults. This one goes on as if nothing had happened.
  std::unique_ptr<SimFileSystem> crash(std::uint64_t seed) const;

  void inject(const SimFault& fault);
  void clear_faults();
  std::uint64_t failed_call_count() const;  // calls that injected faults made fail
  /// Sizes and reservations together may not exceed this. Unbounded at first.
  void set_capacity(std::uint64_t size_bytes);
  /// Called before each call that changes anything, with no lock held. It may look, not change.
  void set_observer(std::function<void(const SimEvent&)> observer);
  /// A hash of all calls and bytes so far: equal runs give equal hashes.
  std::uint64_t trace_hash() const;

  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Result<std::unique_ptr<File>> create_unnamed(const std::string& directory) override;
  Result<void> publish(File& file, const std::string& path) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> remove(const std::string& path) override;
  Result<void> make_directory(const std::string& path) override;
  Result<void> sync_directory(const std::string& path) override;
  Result<FileStat> stat(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& path) override;
  Result<std::uint64_t> free_bytes(const std::string& path) override;
  Result<std::uint64_t> total_bytes(const std::string& path) override;
  Result<std::unique_ptr<File>> lock(const std::string& path) override;

 private:
  struct Core;
  class OpenFile;
  explicit SimFileSystem(std::shared_ptr<Core> core);

  std::shared_ptr<Core> core_;  // also held by open files
};

}  // namespace granary
