// A FileSystem that passes every call on to another one; subclasses distort what they choose.
#pragma once

#include <memory>
#include <string>

#include "base/env.h"

namespace granary::crash {

class FilteredFiles : public FileSystem {
 public:
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
  enum class Access : std::uint8_t { Looks, Changes };
  virtual Result<void> enter(Access) { return {}; }
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
  /// Lets `calls` more calls that change something happen.
  void kill_after(std::uint64_t calls) { calls_to_live_ = calls; }
  bool is_dead() const { return dead_; }

 private:
  Result<void> enter(Access access) override;

  std::uint64_t calls_to_live_ = ~std::uint64_t{0};
  bool dead_ = false;
};

}  // namespace granary::crash
