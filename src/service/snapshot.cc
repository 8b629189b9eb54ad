// Snapshot: walking trees, and reading the start of a file from wherever it lies.
#include "service/snapshot.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/limits.h"
#include "git/tree.h"
#include "store/store.h"

namespace granary::service {
namespace {

constexpr std::size_t kBlobInfoBatchCount = 1000;

class Walk {
 public:
  Walk(meta::GitStore& git, meta::RepoId repo) : git_(git), repo_(repo) {}

  // Depth first in git's order, which sorts a folder as if its name ended in '/': paths come out
  // sorted.
  Result<void> descend(const GitOid& tree, const std::string& prefix, std::size_t depth) {
    if (depth > limits::kPathDepthMax) return fail(ErrorKind::TooLarge, "folders nest too deep");
    TRY(const auto object, git_.read_object(repo_, tree));
    TRY(const auto entries, git::parse_tree(object.data));
    for (const auto& entry : entries) {
      if (entry.mode == git::FileMode::Submodule) continue;
      std::string path = prefix + entry.name;
      if (entry.mode == git::FileMode::Directory) {
        TRY_DONE(descend(entry.oid, path + "/", depth + 1));
      } else {
        SnapshotFile file;
        file.path = std::move(path);
        file.oid = entry.oid;
        files_.push_back(std::move(file));
      }
    }
    return {};
  }

  Result<std::vector<SnapshotFile>> finish() && {
    for (std::size_t start = 0; start < files_.size(); start += kBlobInfoBatchCount) {
      const std::size_t end = std::min(start + kBlobInfoBatchCount, files_.size());
      std::vector<GitOid> oids;
      for (std::size_t i = start; i < end; ++i) oids.push_back(files_[i].oid);
      TRY(const auto infos, git_.read_blob_infos(repo_, oids));
      for (std::size_t i = start; i < end; ++i) {
        const auto& info = infos[i - start];
        files_[i].blob_size_bytes = info.size_bytes;
        files_[i].size_bytes = info.lfs ? info.lfs->size_bytes : info.size_bytes;
        files_[i].lfs = info.lfs;
      }
    }
    return std::move(files_);
  }

 private:
  meta::GitStore& git_;
  const meta::RepoId repo_;
  std::vector<SnapshotFile> files_;
};

}  // namespace

Result<std::vector<SnapshotFile>> list_files(meta::GitStore& git, meta::RepoId repo,
                                             const GitOid& tree) {
  Walk walk(git, repo);
  TRY_DONE(walk.descend(tree, "", 0));
  return std::move(walk).finish();
}

ReadPrefix read_prefix_from(meta::GitStore& git, store::Store& store, meta::RepoId repo) {
  return [&git, &store, repo](const SnapshotFile& file,
                              std::uint64_t size_bytes_max) -> Result<Bytes> {
    if (!file.lfs) {
      TRY(auto blob, git.read_object(repo, file.oid));
      if (blob.data.size() > size_bytes_max) blob.data.resize(size_bytes_max);
      return std::move(blob.data);
    }
    TRY(const auto reader, store.open(file.lfs->sha256));
    return store::read_prefix(*reader, size_bytes_max);
  };
}

}  // namespace granary::service
