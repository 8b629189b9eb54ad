// A FileSystem that passes every call on to another one; subclasses distort what they choose.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/env.h"

namespace granary::crash {

class FilteredFiles : public FileSystem {
 public:
  enum class Call : std::uint8_t { Looks, Writes, Syncs, Names, SyncsFolder };

  explicit FilteredFiles(FileSystem& inner) : inner_(inner) {}

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

 protected:
  /// Before each call; an error is what the call gives.
  virtual Result<void> enter(Call) { return {}; }
  /// `path` is empty for a file that had no name when it was made.
  virtual Result<void> sync_file(File& inner, const std::string& path);
  virtual Result<void> publish_file(File& inner, const std::string& path);
  virtual Result<void> sync_folder(const std::string& path);

  FileSystem& inner_;

 private:
  class Handle;
  Result<std::unique_ptr<File>> wrap(Result<std::unique_ptr<File>> opened, std::string path);
};

/// A process that may be killed: from then on every call fails and does nothing. What was done
/// before stays, synced or not: the machine goes on.
class DyingFiles final : public FilteredFiles {
 public:
  using FilteredFiles::FilteredFiles;
  struct Plan {
    std::optional<Call> call;  // none: any that changes something
    std::uint64_t skip_count = 0;
  };
  /// Dies just before a call of that kind, after so many of them.
  void kill_before(const Plan& plan) { plan_ = plan; }
  void kill() { dead_ = true; }
  bool is_dead() const { return dead_; }

 private:
  Result<void> enter(Call call) override;

  std::optional<Plan> plan_;
  bool dead_ = false;
};

}  // namespace granary::crash
