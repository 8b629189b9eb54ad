// How a revision's name is looked up: ref by full name, branch, tag, then commit by hash.
#include "service/revisions.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/limits.h"

namespace granary::service {

namespace {

constexpr std::size_t kHashSizeCharsMin = 5;
constexpr std::size_t kHashSizeChars = 2 * GitOid::kSizeBytes;

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  });
}

tl::unexpected<Error> no_revision(std::string_view text) {
  return fail(ErrorKind::RevisionNotFound, "Invalid rev id: " + std::string(text));
}

/// The refs that a name can mean, in the order in which they are tried.
std::vector<std::string> refs_named(std::string_view text) {
  if (text == "HEAD") return {"refs/heads/main"};
  if (text.starts_with("refs/")) return {std::string(text)};
  return {"refs/heads/" + std::string(text), "refs/tags/" + std::string(text)};
}

/// The revision that a ref points to; nothing if there is no such ref.
Result<std::optional<Revision>> find_at_ref(meta::GitStore& git, meta::RepoId repo,
                                            std::string ref) {
  auto target = git.find_ref(repo, ref);
  if (!target && target.error().kind == ErrorKind::RevisionNotFound) return std::nullopt;
  if (!target) return tl::unexpected(std::move(target).error());
  TRY(auto commit, git.read_commit(repo, *target));
  return Revision{.commit = std::move(commit), .ref = std::move(ref), .is_immutable = false};
}

Result<Revision> at_hash(meta::GitStore& git, meta::RepoId repo, std::string_view text) {
  const bool is_full = text.size() == kHashSizeChars;
  GitOid oid;
  if (is_full) {
    TRY(oid, GitOid::parse(text));
  } else {
    TRY(oid, git.find_commit(repo, text));
  }
  TRY(auto commit, git.read_commit(repo, oid));
  return Revision{.commit = std::move(commit), .ref = "", .is_immutable = is_full};
}

}  // namespace

Result<Revision> resolve_revision(meta::GitStore& git, meta::RepoId repo, std::string_view text) {
  if (text.empty() || text.size() > limits::kRefNameSizeBytesMax) {
    return no_revision(text.substr(0, limits::kRefNameSizeBytesMax));
  }
  // A full hash means that commit and nothing else: no branch of that name can stand in for it.
  if (text.size() == kHashSizeChars && is_hex(text)) {
    auto found = at_hash(git, repo, text);
    if (!found && found.error().kind == ErrorKind::RevisionNotFound) return no_revision(text);
    return found;
  }
  for (std::string& ref : refs_named(text)) {
    TRY(auto found, find_at_ref(git, repo, std::move(ref)));
    if (found) return *std::move(found);
  }
  if (text.size() >= kHashSizeCharsMin && text.size() < kHashSizeChars && is_hex(text)) {
    auto found = at_hash(git, repo, text);
    if (found || found.error().kind != ErrorKind::RevisionNotFound) return found;
  }
  return no_revision(text);
}

}  // namespace granary::service
