// Summary: what the files at the head of main say about a repo: card, tags, library, parameters.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "meta/types.h"

namespace granary::service {

/// One file of a commit's tree.
struct SnapshotFile {
  std::string path;
  GitOid oid;
  std::uint64_t size_bytes = 0;  // of the content, not of an LFS pointer
  std::optional<meta::LfsTarget> lfs;
  std::uint64_t blob_size_bytes = 0;  // of the git blob itself: a pointer's length for LFS
};

/// Gives the first `size_bytes_max` bytes of a file's content (fewer if it is shorter).
using ReadPrefix =
    std::function<Result<Bytes>(const SnapshotFile& file, std::uint64_t size_bytes_max)>;

/// Never fails because of what the files hold: what cannot be read is left out of the summary.
meta::RepoSummary summarise(meta::RepoKind kind, const GitOid& head,
                            const std::vector<SnapshotFile>& files, const ReadPrefix& read);

}  // namespace granary::service
