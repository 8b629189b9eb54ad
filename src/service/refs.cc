// Branches, tags and squashes, with the texts that clients look for.
#include "service/refs.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "git/commit.h"
#include "git/object_id.h"
#include "git/tree.h"
#include "service/new_commit.h"
#include "service/revisions.h"

namespace granary::service {
namespace {

constexpr std::string_view kBranches = "refs/heads/";
constexpr std::string_view kTags = "refs/tags/";
constexpr std::string_view kPulls = "refs/pr/";
constexpr std::string_view kMain = "refs/heads/main";
constexpr int kAttemptCountMax = 16;

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}

bool is_bad_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte <= 0x20 || byte == 0x7f || std::string_view("~^:?*[\\").find(c) != std::string::npos;
}

bool is_bad_segment(std::string_view segment) {
  return segment.empty() || segment.front() == '.' || segment.back() == '.' ||
         segment.ends_with(".lock");
}

/// The ref of a branch as clients name it: "x", "refs/heads/x", "refs/pr/1".
std::string branch_ref(std::string_view branch) {
  if (branch.starts_with(kBranches) || branch.starts_with(kPulls)) return std::string(branch);
  return std::string(kBranches) + std::string(branch);
}

tl::unexpected<Error> invalid_revision(std::string_view revision) {
  return fail(ErrorKind::RevisionNotFound, "Invalid rev id: " + std::string(revision));
}

tl::unexpected<Error> already_exists(std::string_view ref) {
  return fail(ErrorKind::Conflict, "Reference " + std::string(ref) + " already exists");
}

}  // namespace

Result<void> check_ref_name(std::string_view name) {
  const auto refuse = [&](std::string_view why) {
    return fail(ErrorKind::Invalid,
                "Invalid reference name \"" + std::string(name) + "\": " + std::string(why));
  };
  if (name.empty() || name.size() > limits::kRefNameSizeBytesMax) return refuse("its length");
  if (std::ranges::any_of(name, is_bad_character)) {
    return refuse("spaces, control characters and any of ~^:?*[\\ are not allowed");
  }
  if (name == "@" || name.starts_with('-') || name.find("..") != std::string_view::npos ||
      name.find("@{") != std::string_view::npos) {
    return refuse("git does not allow it");
  }
  if (std::ranges::any_of(split(name, '/'), is_bad_segment)) return refuse("git does not allow it");
  if (name == "HEAD" || name.starts_with("refs/")) return refuse("it has another meaning");
  if (name.size() == 2 * GitOid::kSizeBytes && is_hex(name))
    return refuse("it looks like a commit");
  return {};
}

Result<void> Refs::check_room(meta::RepoId repo, std::string_view ref) {
  TRY(const auto refs, facts_.git().list_refs(repo));
  const std::string below = std::string(ref) + "/";
  for (const meta::Ref& other : refs) {
    if (other.name == ref) return already_exists(ref);
    if (other.name.starts_with(below) || ref.starts_with(other.name + "/")) {
      return already_exists(other.name);  // git keeps refs as files: a name cannot be a folder too
    }
  }
  return {};
}

Result<void> Refs::create_branch(const Caller& caller, const meta::RepoName& name,
                                 const NewBranch& fresh) {
  TRY(const auto visible, access_.find_for_write(caller, name));
  const meta::RepoId repo = visible.repo.id;
  if (fresh.name.starts_with("refs/")) {
    return fail(ErrorKind::Invalid, "Invalid reference for a branch: " + fresh.name);
  }
  TRY_DONE(check_ref_name(fresh.name));
  const std::string ref = std::string(kBranches) + fresh.name;

  const auto existing = facts_.git().find_ref(repo, ref);
  if (existing && !fresh.overwrite) return already_exists(ref);
  if (existing && ref == kMain) return fail(ErrorKind::Invalid, "main cannot be replaced");
  if (!existing) TRY_DONE(check_room(repo, ref));
  const std::optional<GitOid> expected = existing ? std::optional(*existing) : std::nullopt;
  if (fresh.is_empty) {
    auto tree = make_object(meta::GitKind::Tree, git::write_tree({}));
    auto made = make_commit(caller, env_.clock.wall_now(),
                            {.tree = tree.oid, .parent = {}, .message = "initial commit"});
    meta::CommitBatch batch{.repo = repo,
                            .ref = ref,
                            .expected = expected,
                            .commit = made.info,
                            .objects = {},
                            .files = {},
                            .summary = {}};
    batch.objects.push_back(std::move(tree));
    batch.objects.push_back(std::move(made.object));
    return facts_.git().commit(batch);
  }
  const std::string start = fresh.starting_point.empty() ? "main" : fresh.starting_point;
  TRY(const auto revision, resolve_revision(facts_.git(), repo, start));
  return facts_.git().update_ref(
      {.repo = repo, .ref = ref, .expected = expected, .target = revision.commit.oid, .tag = {}});
}

Result<void> Refs::delete_branch(const Caller& caller, const meta::RepoName& name,
                                 std::string_view branch) {
  TRY(const auto visible, access_.find_for_write(caller, name));
  const std::string ref = branch_ref(branch);
  if (ref == kMain) return fail(ErrorKind::Invalid, "Cannot delete " + ref);
  if (!ref.starts_with(kBranches)) return invalid_revision(branch);
  const auto target = facts_.git().find_ref(visible.repo.id, ref);
  if (!target) return invalid_revision(branch);
  return facts_.git().update_ref(
      {.repo = visible.repo.id, .ref = ref, .expected = *target, .target = {}, .tag = {}});
}

Result<void> Refs::create_tag(const Caller& caller, const meta::RepoName& name,
                              const NewTag& fresh) {
  TRY(const auto visible, access_.find_for_write(caller, name));
  const meta::RepoId repo = visible.repo.id;
  TRY(const auto revision, resolve_revision(facts_.git(), repo, fresh.revision));
  TRY_DONE(check_ref_name(fresh.name));
  if (fresh.message.size() > limits::kCommitMessageSizeBytesMax) {
    return fail(ErrorKind::TooLarge, "the tag's message is over 64 KiB");
  }
  const std::string ref = std::string(kTags) + fresh.name;
  TRY_DONE(check_room(repo, ref));
  meta::RefUpdate update{
      .repo = repo, .ref = ref, .expected = {}, .target = revision.commit.oid, .tag = {}};
  if (!fresh.message.empty()) {
    update.tag = make_object(meta::GitKind::Tag,
                             git::write_tag({.commit = revision.commit.oid,
                                             .name = fresh.name,
                                             .tagger = signature_of(caller, env_.clock.wall_now()),
                                             .message = fresh.message}));
  }
  auto updated = facts_.git().update_ref(update);
  if (!updated && updated.error().kind == ErrorKind::Stale) return already_exists(ref);
  return updated;
}

Result<void> Refs::delete_tag(const Caller& caller, const meta::RepoName& name,
                              std::string_view tag) {
  TRY(const auto visible, access_.find_for_write(caller, name));
  const std::string ref =
      tag.starts_with(kTags) ? std::string(tag) : std::string(kTags) + std::string(tag);
  const auto target = facts_.git().find_ref(visible.repo.id, ref);
  if (!target) return invalid_revision(tag);
  return facts_.git().update_ref(
      {.repo = visible.repo.id, .ref = ref, .expected = *target, .target = {}, .tag = {}});
}

Result<GitOid> Refs::squash(const Caller& caller, const meta::RepoName& name,
                            std::string_view branch, const std::string& message) {
  TRY(const auto visible, access_.find_for_write(caller, name));
  const meta::RepoId repo = visible.repo.id;
  meta::GitStore& git = facts_.git();
  const std::string ref = branch_ref(branch);
  if (message.size() > limits::kCommitMessageSizeBytesMax) {
    return fail(ErrorKind::TooLarge, "the commit message is over 64 KiB");
  }
  for (int attempt = 1;; ++attempt) {
    const auto head_oid = git.find_ref(repo, ref);
    if (!head_oid) return invalid_revision(branch);
    TRY(const auto head, git.read_commit(repo, *head_oid));
    auto made = make_commit(
        caller, env_.clock.wall_now(),
        {.tree = head.tree,
         .parent = {},
         .message =
             message.empty() ? "Super-squash branch '" + std::string(branch) + "'" : message});
    meta::CommitBatch batch{.repo = repo,
                            .ref = ref,
                            .expected = *head_oid,
                            .commit = made.info,
                            .objects = {},
                            .files = {},
                            .summary = {}};
    batch.objects.push_back(std::move(made.object));
    if (ref == kMain) {
      TRY(batch.summary, facts_.repos().read_summary(repo));
      batch.summary->head = made.info.oid;
    }
    auto committed = git.commit(batch);
    if (committed) return made.info.oid;
    const bool moved = committed.error().kind == ErrorKind::Stale;
    if (!moved || attempt == kAttemptCountMax) {
      return tl::unexpected(std::move(committed).error());
    }
  }
}

}  // namespace granary::service
