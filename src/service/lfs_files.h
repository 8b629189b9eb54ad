// LFS files: which large files a repo holds, taking them away, and giving them to another repo.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/env.h"
#include "meta/meta_store.h"
#include "service/access.h"

namespace granary::store {
class Store;
}

namespace granary::service {

/// What happens to the commits that name files which are deleted.
enum class PastCommits : std::uint8_t {
  Kept,       // they name files whose bytes are gone
  Rewritten,  // they are made anew without the files, on every branch and tag
};

/// Blocking, thread-safe.
class LfsFiles {
 public:
  /// The parts are borrowed and outlive this.
  LfsFiles(Env& env, Access& access, meta::MetaStore& facts, store::Store& store)
      : env_(env), access_(access), facts_(facts), store_(store) {}

  /// Committed files, newest first. Errors: RepoNotFound, Gated.
  Result<std::vector<meta::RepoFile>> list(const Caller& caller, const meta::RepoName& name,
                                           std::uint64_t skip, std::size_t limit);
  /// Files that the repo does not hold are passed over. Errors: RepoNotFound, Denied; Stale if the
  /// history kept moving while it was rewritten.
  Result<void> remove(const Caller& caller, const meta::RepoName& name,
                      std::span<const Sha256> files, PastCommits past);
  /// Gives files of `from`, whose content the caller may read, to `to`, without sending bytes.
  /// For each file, in order: whether `to` has it now. Errors: RepoNotFound, Gated, Denied.
  Result<std::vector<bool>> duplicate(const Caller& caller, const meta::RepoName& from,
                                      const meta::RepoName& to, std::span<const Sha256> files);

 private:
  Result<void> rewrite(const meta::Repo& repo, std::span<const Sha256> files);

  Env& env_;
  Access& access_;
  meta::MetaStore& facts_;
  store::Store& store_;
};

}  // namespace granary::service
