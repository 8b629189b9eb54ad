// Repo copy: files are claimed, git objects copied in batches, and then named by a commit.
#include "service/repo_copy.h"

#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "git/tree.h"
#include "service/new_commit.h"
#include "service/snapshot.h"

namespace granary::service {
namespace {

constexpr std::size_t kBatchSizeBytes = 8 * limits::kMiB;
constexpr std::size_t kBatchCount = 1000;
constexpr std::string_view kMain = "refs/heads/main";

class Copy {
 public:
  Copy(Env& env, meta::MetaStore& facts, const meta::Repo& from, const meta::Repo& to)
      : env_(env), facts_(facts), from_(from), to_(to) {}

  Result<void> run(const Caller& caller) {
    auto& git = facts_.git();
    TRY(const auto source_oid, git.find_ref(from_.id, kMain));
    TRY(const auto source, git.read_commit(from_.id, source_oid));
    TRY(const auto parent_oid, git.find_ref(to_.id, kMain));
    TRY(const auto parent, git.read_commit(to_.id, parent_oid));
    TRY(const auto files, list_files(git, from_.id, source.tree));
    TRY(auto named, claim(caller, files));
    TRY_DONE(copy_trees(source.tree, 0));
    for (const auto& file : files) TRY_DONE(copy_object(file.oid));
    TRY_DONE(flush());

    auto commit = make_commit(caller, env_.clock.wall_now(),
                              NewCommit{.tree = source.tree,
                                        .parent = parent,
                                        .message = "Duplicate from " + from_.name.full()});
    meta::CommitBatch batch;
    batch.repo = to_.id;
    batch.ref = kMain;
    batch.expected = parent_oid;
    batch.commit = std::move(commit.info);
    batch.objects.push_back(std::move(commit.object));
    batch.files = std::move(named);
    TRY(batch.summary, facts_.repos().read_summary(from_.id));
    batch.summary->head = batch.commit.oid;
    return git.commit(batch);
  }

 private:
  /// Grants the files to the new repo. Gives each once, with its first path.
  Result<std::vector<meta::RepoFile>> claim(const Caller& caller,
                                            const std::vector<SnapshotFile>& files) {
    std::vector<meta::RepoFile> named;
    for (const auto& file : files) {
      if (!file.lfs) continue;
      meta::RepoFile fresh;
      fresh.repo = to_.id;
      fresh.sha256 = file.lfs->sha256;
      fresh.size_bytes = file.lfs->size_bytes;
      fresh.path = file.path;
      fresh.ref = kMain;
      fresh.pushed = env_.clock.wall_now();
      named.push_back(std::move(fresh));
    }
    for (std::size_t start = 0; start < named.size(); start += kBatchCount) {
      TRY_DONE(claim_some(
          caller, std::span(named).subspan(start, std::min(kBatchCount, named.size() - start))));
    }
    return named;
  }

  Result<void> claim_some(const Caller& caller, std::span<const meta::RepoFile> files) {
    meta::FileClaim claim;
    claim.repo = to_.id;
    for (const auto& file : files) claim.files.push_back(file.sha256);
    claim.viewer = caller.viewer();
    claim.source = from_.id;
    claim.holder = "duplicate " + std::to_string(to_.id.value);
    claim.expires = env_.clock.wall_now() + limits::kLeaseTime;
    TRY(const auto granted, facts_.content().claim(claim));
    for (const auto& file : granted) {
      if (!file) return fail(ErrorKind::Conflict, "a file left the repository during the copy");
    }
    return {};
  }

  Result<void> copy_trees(const GitOid& tree, std::size_t depth) {
    if (depth > limits::kPathDepthMax) return fail(ErrorKind::TooLarge, "folders nest too deep");
    TRY(auto object, facts_.git().read_object(from_.id, tree));
    TRY(const auto entries, git::parse_tree(object.data));
    TRY_DONE(add(std::move(object)));
    for (const auto& entry : entries) {
      if (entry.mode == git::FileMode::Directory) TRY_DONE(copy_trees(entry.oid, depth + 1));
    }
    return {};
  }

  Result<void> copy_object(const GitOid& oid) {
    TRY(auto object, facts_.git().read_object(from_.id, oid));
    return add(std::move(object));
  }

  Result<void> add(meta::GitObject object) {
    batch_size_bytes_ += object.data.size();
    batch_.push_back(std::move(object));
    if (batch_.size() < kBatchCount && batch_size_bytes_ < kBatchSizeBytes) return {};
    return flush();
  }

  Result<void> flush() {
    TRY_DONE(facts_.git().add_objects(to_.id, batch_));
    batch_.clear();
    batch_size_bytes_ = 0;
    return {};
  }

  Env& env_;
  meta::MetaStore& facts_;
  const meta::Repo& from_;
  const meta::Repo& to_;
  std::vector<meta::GitObject> batch_;
  std::size_t batch_size_bytes_ = 0;
};

}  // namespace

Result<void> copy_content(Env& env, meta::MetaStore& facts, const Caller& caller,
                          const meta::Repo& from, const meta::Repo& to) {
  return Copy(env, facts, from, to).run(caller);
}

}  // namespace granary::service
