// Taking in the operations of a commit, and making the commit on the head of its branch.
#include "service/commit_draft.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/limits.h"
#include "git/lfs_pointer.h"
#include "service/claims.h"
#include "service/lfs_attributes.h"
#include "service/new_commit.h"
#include "service/pending_git.h"
#include "service/rule_files.h"
#include "service/snapshot.h"
#include "service/trees.h"

namespace granary::service {
namespace {

// Objects are stored early once so much has come together: what a draft holds in memory.
constexpr std::size_t kPendingSizeBytesMax = 4 * limits::kMiB;
constexpr std::size_t kObjectOverheadBytes = 256;
constexpr std::size_t kClaimCountMax = 1000;
// Only other writers than this process move the head while its lock is held.
constexpr int kAttemptCountMax = 16;
constexpr std::size_t kParentDigitCountMin = 5;

constexpr std::string_view kMain = "refs/heads/main";
constexpr std::string_view kStaleText =
    "The branch was updated since you opened this page. Please refresh and try again.";
constexpr std::string_view kMissingText = "A file with this name doesn't exist";

std::string quoted(std::string_view path) { return "\"" + std::string(path) + "\""; }

/// Folders may be named with a '/' at their end.
std::string without_slash(std::string path) {
  if (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

Result<std::string> text_of(const CommitMessage& message) {
  if (message.summary.empty()) return fail(ErrorKind::Invalid, "a commit needs a summary");
  std::string text = message.summary;
  if (!message.description.empty()) text += "\n\n" + message.description;
  if (text.size() > limits::kCommitMessageSizeBytesMax) {
    return fail(ErrorKind::TooLarge, "the commit message is over 64 KiB");
  }
  return text;
}

tl::unexpected<Error> must_be_lfs(const std::string& path, std::string_view why) {
  return fail(ErrorKind::Invalid, quoted(path) + " must be uploaded with Git LFS: " +
                                      std::string(why) + ". Ask preupload how to send each file.");
}

}  // namespace

CommitDraft::CommitDraft(Publisher& publisher, Caller caller, meta::Repo repo, Revision start,
                         const std::string& attributes)
    : publisher_(publisher),
      caller_(std::move(caller)),
      repo_(std::move(repo)),
      start_(std::move(start)),
      attributes_at_start_(attributes) {}

Result<void> CommitDraft::add(CommitOperation operation) {
  if (changes_.size() >= limits::kCommitOperationCountMax) {
    return fail(ErrorKind::TooLarge, "more than 100000 operations in one commit");
  }
  return std::visit([this](auto& one) { return add_one(one); }, operation);
}

Result<void> CommitDraft::add_one(AddFile& file) {
  TRY_DONE(check_path(file.path));
  if (file.content.size() > limits::kRegularFileSizeBytesMax) {
    return must_be_lfs(file.path, "it is over 10 MiB");
  }
  if (const auto pointer = git::parse_lfs_pointer(file.content)) {
    AddLfsFile lfs{file.path, pointer->oid, pointer->size_bytes};
    return add_one(lfs);
  }
  inline_size_bytes_ += file.content.size();
  if (inline_size_bytes_ > limits::kCommitInlineSizeBytesMax) {
    return fail(ErrorKind::TooLarge, "more than 512 MiB of inline files in one commit");
  }
  if (!file.content.empty() && attributes_at_start_.is_lfs(file.path)) {
    lfs_like_files_.push_back(file.path);
  }
  if (file.path == kAttributesPath) own_attributes_ = std::string(as_text(file.content));
  auto object = make_object(meta::GitKind::Blob, std::move(file.content));
  put(std::move(file.path), object.oid);
  return keep(std::move(object));
}

Result<void> CommitDraft::add_one(AddLfsFile& file) {
  TRY_DONE(check_path(file.path));
  if (file.path == kAttributesPath) {
    return fail(ErrorKind::Invalid, ".gitattributes cannot be an LFS file");
  }
  lfs_files_.emplace(changes_.size(), LfsFile{file.sha256, file.size_bytes});
  put(std::move(file.path), GitOid());
  return {};
}

Result<void> CommitDraft::add_one(DeletePath& deleted) {
  std::string path = without_slash(std::move(deleted.path));
  if (path == kAttributesPath) own_attributes_ = std::string();
  changes_.push_back({.kind = git::TreeChange::Kind::Delete,
                      .path = std::move(path),
                      .mode = git::FileMode::Regular,
                      .oid = {}});
  return {};
}

Result<void> CommitDraft::add_one(CopyFile& copy) {
  TRY_DONE(check_path(copy.path));
  GitOid tree = start_.commit.tree;
  if (!copy.source_revision.empty()) {
    TRY(const auto source,
        resolve_revision(publisher_.facts_.git(), repo_.id, copy.source_revision));
    tree = source.commit.tree;
  }
  TRY(const auto info, publisher_.trees_.find(repo_.id, tree, copy.source_path));
  if (info.is_directory) {
    return fail(ErrorKind::EntryNotFound, quoted(copy.source_path) + " is a folder");
  }
  if (info.lfs) {
    AddLfsFile lfs{std::move(copy.path), info.lfs->sha256, info.lfs->size_bytes};
    return add_one(lfs);
  }
  put(std::move(copy.path), info.oid);
  return {};
}

void CommitDraft::put(std::string path, const GitOid& oid) {
  changes_.push_back({.kind = git::TreeChange::Kind::Put,
                      .path = std::move(path),
                      .mode = git::FileMode::Regular,
                      .oid = oid});
}

Result<void> CommitDraft::keep(meta::GitObject object) {
  pending_size_bytes_ += object.data.size() + kObjectOverheadBytes;
  pending_.push_back(std::move(object));
  if (pending_size_bytes_ <= kPendingSizeBytesMax) return {};
  TRY_DONE(publisher_.facts_.git().add_objects(repo_.id, pending_));
  pending_.clear();
  pending_size_bytes_ = 0;
  return {};
}

Result<Published> CommitDraft::finish(const CommitMessage& message) {
  if (changes_.empty()) return fail(ErrorKind::Invalid, "the commit changes nothing");
  TRY_DONE(text_of(message));
  if (!message.parent.empty() && message.parent.size() < kParentDigitCountMin) {
    return fail(ErrorKind::Invalid, "the parent commit is named by too few digits");
  }
  TRY_DONE(check_lfs_like_files());
  TRY_DONE(claim_lfs_files());
  const std::scoped_lock lock(publisher_.locks_.of(repo_.id));
  for (int attempt = 1;; ++attempt) {
    TRY(const GitOid head, publisher_.facts_.git().find_ref(repo_.id, start_.ref));
    if (!head.to_string().starts_with(message.parent)) {
      return fail(ErrorKind::Stale, std::string(kStaleText));
    }
    auto published = try_finish(message, head);
    const bool moved = !published && published.error().kind == ErrorKind::Stale;
    if (!moved || attempt == kAttemptCountMax) return published;
  }
}

/// A file is to be LFS if the rules said so when the client asked, and the commit's own rules,
/// which it may have asked by instead, do not say otherwise.
Result<void> CommitDraft::check_lfs_like_files() const {
  if (lfs_like_files_.empty()) return {};
  const std::optional<git::Attributes> own =
      own_attributes_ ? std::optional<git::Attributes>(*own_attributes_) : std::nullopt;
  for (const std::string& path : lfs_like_files_) {
    if (!own || own->is_lfs(path)) return must_be_lfs(path, ".gitattributes says so");
  }
  return {};
}

Result<void> CommitDraft::claim_lfs_files() {
  std::vector<std::size_t> indexes;
  for (const auto& [index, file] : lfs_files_) {
    indexes.push_back(index);
    if (indexes.size() < kClaimCountMax) continue;
    TRY_DONE(claim_some(indexes));
    indexes.clear();
  }
  return claim_some(indexes);
}

/// Turns LFS files that the repo may have into pointers.
Result<void> CommitDraft::claim_some(const std::vector<std::size_t>& indexes) {
  if (indexes.empty()) return {};
  std::vector<Sha256> files;
  for (const std::size_t index : indexes) files.push_back(lfs_files_.at(index).sha256);
  const WallTime now = publisher_.env_.clock.wall_now();
  const auto claim = claim_for(caller_, repo_.id, now, std::move(files));
  TRY(const auto grants, publisher_.facts_.content().claim(claim));
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    git::TreeChange& change = changes_[indexes[i]];
    LfsFile& file = lfs_files_.at(indexes[i]);
    if (!grants[i]) {
      return fail(ErrorKind::Invalid, "the LFS object " + file.sha256.to_string() + " of " +
                                          quoted(change.path) +
                                          " is not in this repo: upload it first");
    }
    if (file.size_bytes.value_or(grants[i]->size_bytes) != grants[i]->size_bytes) {
      return fail(ErrorKind::Invalid, "the LFS object of " + quoted(change.path) + " has " +
                                          std::to_string(grants[i]->size_bytes) + " bytes, not " +
                                          std::to_string(*file.size_bytes));
    }
    file.size_bytes = grants[i]->size_bytes;
    auto pointer = make_pointer({.sha256 = file.sha256, .size_bytes = *file.size_bytes});
    change.oid = pointer.oid;
    TRY_DONE(keep(std::move(pointer)));
  }
  return {};
}

Result<Published> CommitDraft::try_finish(const CommitMessage& message, const GitOid& head_oid) {
  TRY(const auto head, publisher_.facts_.git().read_commit(repo_.id, head_oid));
  Attempt attempt{.head = head, .root = {}, .objects = pending_};
  TRY_DONE(edit(attempt));
  if (attempt.root == head.tree) {
    return Published{.repo = repo_, .commit = head_oid, .is_new = false};
  }
  TRY(const GitOid commit, store(message, std::move(attempt)));
  return Published{.repo = repo_, .commit = commit, .is_new = true};
}

/// The head's tree with all changes, and .gitattributes that cover the LFS files.
Result<void> CommitDraft::edit(Attempt& attempt) {
  meta::GitStore& git = publisher_.facts_.git();
  std::vector<git::TreeChange> changes = changes_;
  TRY(auto attributes, updated_attributes(attempt.head.tree));
  if (attributes) {
    changes.push_back({.kind = git::TreeChange::Kind::Put,
                       .path = std::string(kAttributesPath),
                       .mode = git::FileMode::Regular,
                       .oid = attributes->oid});
    attempt.objects.push_back(*std::move(attributes));
  }
  const auto load = [&](const GitOid& oid) -> Result<Bytes> {
    TRY(auto object, git.read_object(repo_.id, oid));
    if (object.kind != meta::GitKind::Tree) return fail(ErrorKind::Corrupt, "not a tree");
    return std::move(object.data);
  };
  auto edited = git::edit_tree(attempt.head.tree, changes, load);
  if (!edited) {
    Error error = std::move(edited).error();
    if (error.kind == ErrorKind::EntryNotFound) error = std::move(error).during(kMissingText);
    return tl::unexpected(std::move(error));
  }
  attempt.root = edited->root;
  for (git::TreeObject& tree : edited->new_trees) {
    attempt.objects.push_back(
        {.oid = tree.oid, .kind = meta::GitKind::Tree, .data = std::move(tree.body), .lfs = {}});
  }
  return {};
}

Result<std::optional<meta::GitObject>> CommitDraft::updated_attributes(const GitOid& tree) {
  std::unordered_map<std::string_view, std::size_t> last_by_path;
  for (std::size_t index = 0; index < changes_.size(); ++index) {
    last_by_path[changes_[index].path] = index;
  }
  std::vector<std::string> lfs_paths;
  for (const auto& [index, file] : lfs_files_) {
    const std::string& path = changes_[index].path;
    if (last_by_path.at(path) == index) lfs_paths.push_back(path);
  }
  if (lfs_paths.empty()) return std::nullopt;
  RuleFiles rules(publisher_.facts_.git(), publisher_.trees_, repo_.id, tree);
  TRY(const auto text, rules.text_or(own_attributes_, kAttributesPath));
  TRY(const auto covering, cover_lfs_paths(text, lfs_paths));
  if (!covering) return std::nullopt;
  const ByteView bytes = as_bytes(*covering);
  return make_object(meta::GitKind::Blob, Bytes(bytes.begin(), bytes.end()));
}

Result<GitOid> CommitDraft::store(const CommitMessage& message, Attempt attempt) {
  meta::GitStore& git = publisher_.facts_.git();
  TRY(auto text, text_of(message));
  meta::CommitBatch batch{.repo = repo_.id,
                          .ref = start_.ref,
                          .expected = attempt.head.oid,
                          .commit = {},
                          .objects = std::move(attempt.objects),
                          .files = {},
                          .summary = {}};
  auto made = make_commit(
      caller_, publisher_.env_.clock.wall_now(),
      {.tree = attempt.root, .parent = std::move(attempt.head), .message = std::move(text)});
  if (start_.ref == kMain) {
    PendingGit seen(git);
    seen.index(batch.objects);
    TRY(const auto files, list_files(seen, repo_.id, attempt.root));
    batch.summary = summarise(repo_.name.kind, made.info.oid, files,
                              read_prefix_from(seen, publisher_.store_, repo_.id));
  }
  for (const auto& [index, file] : lfs_files_) {
    batch.files.push_back({.repo = repo_.id,
                           .sha256 = file.sha256,
                           .size_bytes = *file.size_bytes,
                           .path = changes_[index].path,
                           .ref = start_.ref,
                           .pushed = made.info.time});
  }
  batch.objects.push_back(std::move(made.object));
  batch.commit = std::move(made.info);
  TRY_DONE(git.commit(batch));
  return batch.commit.oid;
}

}  // namespace granary::service
