// The planted bugs. Each is one wrong idea about what a file system promises.
#include "planted_bugs.h"

#include <array>
#include <set>
#include <vector>

#include "world.h"

namespace granary::crash {
namespace {

bool is_under(const std::string& path, std::string_view folder) { return path.starts_with(folder); }
bool is_log(const std::string& path) { return path.ends_with("-wal"); }

template <class Bug>
std::unique_ptr<FilteredFiles> plant(FileSystem& inner) {
  return std::make_unique<Bug>(inner);
}

class SkipFolderSync final : public FilteredFiles {
  using FilteredFiles::FilteredFiles;
  Result<void> sync_folder(const std::string& path) override {
    if (is_under(path, kObjectsFolder)) return {};
    return FilteredFiles::sync_folder(path);
  }
};

class SkipPartFolderSync final : public FilteredFiles {
  using FilteredFiles::FilteredFiles;
  Result<void> sync_folder(const std::string& path) override {
    if (is_under(path, kUploadsFolder)) return {};
    return FilteredFiles::sync_folder(path);
  }
};

class SkipDatabaseFolderSync final : public FilteredFiles {
  using FilteredFiles::FilteredFiles;
  Result<void> sync_folder(const std::string& path) override {
    if (path == kFactsFolder) return {};
    return FilteredFiles::sync_folder(path);
  }
};

class SkipFileSync final : public FilteredFiles {
  using FilteredFiles::FilteredFiles;
  Result<void> sync_file(File& inner, const std::string& path) override {
    if (path.empty()) return {};
    return inner.sync();
  }
};

class SkipLogSync final : public FilteredFiles {
  using FilteredFiles::FilteredFiles;
  Result<void> sync_file(File& inner, const std::string& path) override {
    if (is_log(path)) return {};
    return inner.sync();
  }
};

class SkipDatabaseSync final : public FilteredFiles {
  using FilteredFiles::FilteredFiles;
  Result<void> sync_file(File& inner, const std::string& path) override {
    if (path == kFactsPath) return {};
    return inner.sync();
  }
};

// The log is forced when the next commit comes: each reply is one commit ahead of the disk.
class ReplyBeforeCommit final : public FilteredFiles {
  using FilteredFiles::FilteredFiles;
  Result<void> sync_file(File& inner, const std::string& path) override {
    if (!is_log(path)) return inner.sync();
    owed_ = !owed_;
    if (owed_) return {};
    return inner.sync();
  }
  bool owed_ = false;
};

// A shard is synced only after the next commit of facts, which names the objects in it.
class FactsBeforeObjectName final : public FilteredFiles {
  using FilteredFiles::FilteredFiles;
  Result<void> sync_folder(const std::string& path) override {
    if (!is_under(path, kObjectsFolder)) return FilteredFiles::sync_folder(path);
    owed_.insert(path);
    return {};
  }
  Result<void> sync_file(File& inner, const std::string& path) override {
    TRY_DONE(inner.sync());
    if (!is_log(path)) return {};
    for (const std::string& folder : std::exchange(owed_, {})) {
      TRY_DONE(FilteredFiles::sync_folder(folder));
    }
    return {};
  }
  std::set<std::string> owed_;
};

// "It exists, so another writer has made it durable."
class ExistingIsDurable final : public FilteredFiles {
  using FilteredFiles::FilteredFiles;
  Result<void> publish_file(File& inner, const std::string& path) override {
    Result<void> published = FilteredFiles::publish_file(inner, path);
    trusting_ = !published && published.error().kind == ErrorKind::Conflict;
    return published;
  }
  Result<void> sync_folder(const std::string& path) override {
    if (std::exchange(trusting_, false) && is_under(path, kObjectsFolder)) return {};
    return FilteredFiles::sync_folder(path);
  }
  bool trusting_ = false;
};

// Files are forced after they have their name.
class NameBeforeBytes final : public FilteredFiles {
  using FilteredFiles::FilteredFiles;
  Result<void> sync_file(File& inner, const std::string& path) override {
    if (path.empty()) return {};
    return inner.sync();
  }
  Result<void> publish_file(File& inner, const std::string& path) override {
    TRY_DONE(FilteredFiles::publish_file(inner, path));
    return inner.sync();
  }
};

class RetryFailedSync final : public FilteredFiles {
  using FilteredFiles::FilteredFiles;
  Result<void> sync_file(File& inner, const std::string&) override {
    if (inner.sync()) return {};
    return inner.sync();
  }
};

class IgnoreFailedSync final : public FilteredFiles {
  using FilteredFiles::FilteredFiles;
  Result<void> sync_folder(const std::string& path) override {
    (void)FilteredFiles::sync_folder(path);
    return {};
  }
};

constexpr std::array kBugs{
    PlantedBug{"skip-folder-sync", "objects' folders are not synced", plant<SkipFolderSync>},
    PlantedBug{"skip-file-sync", "objects and parts are not synced", plant<SkipFileSync>},
    PlantedBug{"reply-before-commit", "the log is synced a commit late", plant<ReplyBeforeCommit>},
    PlantedBug{"existing-is-durable", "EEXIST is taken as stored", plant<ExistingIsDurable>},
    PlantedBug{"facts-before-name", "facts are committed before the name is durable",
               plant<FactsBeforeObjectName>},
    PlantedBug{"retry-failed-sync", "a failed file sync is tried again", plant<RetryFailedSync>},
    PlantedBug{"ignore-failed-sync", "a failed folder sync is ignored", plant<IgnoreFailedSync>},
    PlantedBug{"name-before-bytes", "files are named before they are synced",
               plant<NameBeforeBytes>},
    PlantedBug{"skip-log-sync", "the database's log is not synced", plant<SkipLogSync>},
    PlantedBug{"skip-database-sync", "the database is not synced before its log is reused",
               plant<SkipDatabaseSync>},
    PlantedBug{"skip-database-folder-sync", "the names of the database's files are not synced",
               plant<SkipDatabaseFolderSync>},
    PlantedBug{"skip-part-folder-sync", "folders of parts are not synced",
               plant<SkipPartFolderSync>},
};

}  // namespace

std::span<const PlantedBug> planted_bugs() { return kBugs; }

const PlantedBug* find_planted_bug(std::string_view name) {
  for (const PlantedBug& bug : kBugs) {
    if (bug.name == name) return &bug;
  }
  return nullptr;
}

}  // namespace granary::crash
