// PublishHub: a TestHub with everything that takes files in, and short ways to use it. Tests only.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "service/commit_draft.h"
#include "service/hub_testing.h"
#include "service/lfs_files.h"
#include "service/publish.h"
#include "service/refs.h"
#include "service/trees.h"
#include "service/uploads.h"
#include "store/uploads.h"

namespace granary::service::testing {

/// A folder that is removed with all in it.
class ScratchFolder {
 public:
  ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// A message without a description.
CommitMessage say(std::string summary, std::string parent = "");

class PublishHub : public TestHub {
 public:
  /// Parts are small here, so that tests may be.
  static constexpr std::uint64_t kPartThresholdBytes = 250'000;
  static constexpr std::uint64_t kPartSizeBytes = 100'000;

  PublishHub();

  using Operations = std::vector<CommitOperation>;

  Result<Published> commit(const Caller& who, std::string_view repo, Operations operations,
                           const CommitMessage& message = say("change"),
                           std::string_view branch = "main");
  /// As commit, by alice on main of her repo; fails the test if it cannot be made.
  GitOid must_commit(std::string_view repo, Operations operations);
  /// Sends bytes as a client does: offer, then send what is wanted. Gives their SHA-256.
  Sha256 send(const Caller& who, std::string_view repo, std::string_view content);
  /// Path to content of every file at a revision; LFS files by their bytes.
  std::map<std::string, std::string> files(std::string_view repo,
                                           std::string_view revision = "main");
  /// From the newest to the first one.
  std::vector<meta::CommitInfo> history(std::string_view repo, std::string_view revision = "main");
  meta::Repo repo(std::string_view id);
  /// A public model of the caller's; fails the test if it cannot be made.
  void add_repo_of(const Caller& who, std::string_view id);

  ScratchFolder folder;
  Trees trees;
  std::unique_ptr<store::Uploads> parts;
  Publisher publisher;
  Refs refs;
  LfsFiles lfs_files;
  std::unique_ptr<Uploads> uploads;
};

/// Operations of plain text.
AddFile add(std::string path, std::string_view content);
Bytes bytes_of(std::string_view text);
/// Bytes that nothing else in the test has.
std::string noise(std::uint64_t seed, std::size_t size);

/// What `command` prints, run by a shell in `folder`; fails the test if it fails.
std::string run_in(const std::string& folder, const std::string& command);

}  // namespace granary::service::testing
