// What a client should send and how, and where a commit starts.
#include "service/publish.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/limits.h"
#include "git/attributes.h"
#include "git/ignore.h"
#include "git/path.h"
#include "service/claims.h"
#include "service/commit_draft.h"
#include "service/revisions.h"
#include "service/rule_files.h"
#include "service/trees.h"

namespace granary::service {
namespace {

/// The length of the UTF-8 sequence that starts with `lead`; 0 if none does.
std::size_t sequence_size(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  if (lead >= 0xf0 && lead < 0xf5) return 4;
  return 0;
}

/// NUL, or no UTF-8. A sequence that the end of the sample cuts is fine.
bool looks_binary(ByteView sample) {
  for (std::size_t at = 0; at < sample.size();) {
    const auto lead = static_cast<unsigned char>(sample[at]);
    const std::size_t size = sequence_size(lead);
    if (lead == 0 || size == 0) return true;
    for (std::size_t i = 1; i < size && at + i < sample.size(); ++i) {
      if ((sample[at + i] & std::byte{0xc0}) != std::byte{0x80}) return true;
    }
    at += size;
  }
  return false;
}

bool should_be_lfs(const OfferedFile& file, const git::Attributes& attributes) {
  if (file.size_bytes == 0) return false;  // nothing to point at; the clients agree
  return attributes.is_lfs(file.path) || file.size_bytes > limits::kRegularFileSizeBytesMax ||
         looks_binary(file.sample);
}

/// What lies at each path that has something, by path.
using Present = std::unordered_map<std::string, PathInfo>;

Result<Present> find_present(Trees& trees, meta::RepoId repo, const GitOid& tree,
                             const Offer& offer) {
  std::vector<std::string> paths;
  paths.reserve(offer.files.size());
  for (const OfferedFile& file : offer.files) paths.push_back(file.path);
  TRY(auto infos, trees.find_all(repo, tree, paths));
  Present present;
  for (PathInfo& info : infos) {
    std::string path = info.path;
    if (!info.is_directory) present.emplace(std::move(path), std::move(info));
  }
  return present;
}

/// Forgets LFS files whose bytes the repo no longer holds, and keeps the others from being
/// collected: a client that is told of one does not send it.
Result<void> keep_claimed(meta::ContentStore& content, meta::FileClaim claim, Present& present) {
  std::vector<std::string> paths;
  for (const auto& [path, info] : present) {
    if (!info.lfs) continue;
    claim.files.push_back(info.lfs->sha256);
    paths.push_back(path);
  }
  if (paths.empty()) return {};
  TRY(const auto grants, content.claim(claim));
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (!grants[i]) present.erase(paths[i]);
  }
  return {};
}

bool is_branch(std::string_view ref) {
  return ref.starts_with("refs/heads/") || ref.starts_with("refs/pr/") ||
         ref.starts_with("refs/convert/");
}

}  // namespace

std::mutex& RepoLocks::of(meta::RepoId repo) {
  return mutexes_[static_cast<std::uint64_t>(repo.value) % mutexes_.size()];
}

Publisher::Publisher(Env& env, Access& access, meta::MetaStore& facts, store::Store& store,
                     Trees& trees)
    : env_(env), access_(access), facts_(facts), store_(store), trees_(trees) {}

Result<std::vector<OfferAnswer>> Publisher::consider(const Caller& caller,
                                                     const meta::RepoName& name,
                                                     std::string_view revision,
                                                     const Offer& offer) {
  TRY(const auto visible, access_.find_for_write(caller, name));
  if (offer.files.size() > limits::kPreuploadFileCountMax) {
    return fail(ErrorKind::TooLarge, "more than 1000 files in one preupload");
  }
  const meta::RepoId repo = visible.repo.id;
  TRY(const auto start, resolve_revision(facts_.git(), repo, revision));
  const GitOid& tree = start.commit.tree;
  RuleFiles rules(facts_.git(), trees_, repo, tree);
  TRY(const auto attributes_text, rules.text_or(offer.gitattributes, kAttributesPath));
  TRY(const auto ignore_text, rules.text_or(offer.gitignore, kIgnorePath));
  const git::Attributes attributes(attributes_text);
  const git::Ignore ignore(ignore_text);

  TRY(auto present, find_present(trees_, repo, tree, offer));
  TRY_DONE(
      keep_claimed(facts_.content(), claim_for(caller, repo, env_.clock.wall_now(), {}), present));
  std::vector<OfferAnswer> answers;
  answers.reserve(offer.files.size());
  for (const OfferedFile& file : offer.files) {
    OfferAnswer& answer = answers.emplace_back();
    answer.is_lfs = should_be_lfs(file, attributes);
    answer.is_ignored = ignore.is_ignored(file.path);
    if (const auto found = present.find(file.path); found != present.end()) {
      const PathInfo& info = found->second;
      answer.present_oid = info.lfs ? info.lfs->sha256.to_string() : info.oid.to_string();
    }
  }
  return answers;
}

Result<std::unique_ptr<CommitDraft>> Publisher::start(const Caller& caller,
                                                      const meta::RepoName& name,
                                                      std::string_view branch) {
  TRY(auto visible, access_.find_for_write(caller, name));
  const meta::RepoId repo = visible.repo.id;
  TRY(auto start, resolve_revision(facts_.git(), repo, branch));
  if (!is_branch(start.ref)) {
    return fail(ErrorKind::RevisionNotFound, "there is no branch " + std::string(branch));
  }
  RuleFiles rules(facts_.git(), trees_, repo, start.commit.tree);
  TRY(auto attributes, rules.text_or(std::nullopt, kAttributesPath));
  return std::make_unique<CommitDraft>(*this, caller, std::move(visible.repo), std::move(start),
                                       attributes);
}

Result<void> check_path(std::string_view path) { return git::validate_repo_path(path); }

}  // namespace granary::service
