// Import: publishing a folder of this machine as one commit, through the same ways as an upload.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/env.h"
#include "service/access.h"
#include "service/publish.h"
#include "service/uploads.h"

namespace granary::service {

struct ImportFolder {
  std::string folder;
  meta::RepoName repo;  // exists already
  std::string message;  // of the commit
};

struct Imported {
  Published published;
  std::size_t file_count = 0;
  std::uint64_t size_bytes = 0;
  std::size_t ignored_count = 0;  // by .gitignore
};

/// Called now and then: bytes read so far, and of all files.
using ImportProgress = std::function<void(std::uint64_t done_bytes, std::uint64_t total_bytes)>;

/// Blocking, thread-safe.
class Importer {
 public:
  /// The parts are borrowed and outlive this.
  Importer(FileSystem& files, Access& access, Uploads& uploads, Publisher& publisher)
      : files_(files), access_(access), uploads_(uploads), publisher_(publisher) {}

  /// Takes every file below the folder, links followed, but for `.git` and the clients' own
  /// `.cache/huggingface`; what the repo holds besides stays. Errors: NotFound or Invalid for the
  /// folder; those of uploads and commits. Interrupted, it can be run again: bytes that arrived are
  /// not stored twice.
  Result<Imported> import_folder(const Caller& caller, const ImportFolder& wanted,
                                 const ImportProgress& report);

 private:
  struct LocalFile {
    std::string path;  // below the folder
    std::uint64_t size_bytes = 0;
  };
  struct Run;

  Result<void> find_files(Run& run, const std::string& below, std::size_t depth);
  Result<std::vector<OfferAnswer>> consider(Run& run, std::size_t first, std::size_t count);
  Result<void> add_inline(Run& run, CommitDraft& draft, const LocalFile& file);
  Result<void> add_stored(Run& run, CommitDraft& draft, const LocalFile& file);

  FileSystem& files_;
  Access& access_;
  Uploads& uploads_;
  Publisher& publisher_;
};

}  // namespace granary::service
