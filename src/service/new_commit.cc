// Commit objects by the people of this instance.
#include "service/new_commit.h"

#include <chrono>
#include <utility>

#include "git/lfs_pointer.h"
#include "git/object_id.h"

namespace granary::service {
namespace {

// No mail is ever sent there; the top-level domain is reserved. Source: RFC 2606.
constexpr std::string_view kAddressDomain = "@users.noreply.granary.invalid";

git::ObjectKind git_kind_of(meta::GitKind kind) {
  switch (kind) {
    case meta::GitKind::Commit: return git::ObjectKind::Commit;
    case meta::GitKind::Tree: return git::ObjectKind::Tree;
    case meta::GitKind::Blob: return git::ObjectKind::Blob;
    case meta::GitKind::Tag: return git::ObjectKind::Tag;
  }
  return git::ObjectKind::Blob;
}

}  // namespace

git::Signature signature_of(const Caller& caller, WallTime now) {
  const std::string name = caller.user ? caller.user->name : std::string(caller.actor_name());
  return {.name = name,
          .email = name + std::string(kAddressDomain),
          .time = std::chrono::floor<std::chrono::seconds>(now)};
}

MadeCommit make_commit(const Caller& caller, WallTime now, const NewCommit& fresh) {
  git::Commit commit;
  commit.tree = fresh.tree;
  if (fresh.parent) commit.parents.push_back(fresh.parent->oid);
  commit.author = commit.committer = signature_of(caller, now);
  commit.message = fresh.message;

  MadeCommit made;
  made.object = make_object(meta::GitKind::Commit, git::write_commit(commit));
  made.info.oid = made.object.oid;
  made.info.tree = fresh.tree;
  if (fresh.parent) {
    made.info.parent = fresh.parent->oid;
    made.info.depth = fresh.parent->depth + 1;
  }
  made.info.author_name = commit.author.name;
  made.info.author_email = commit.author.email;
  // The local operator is no account (service/access.h), and so is named by the signature alone.
  if (caller.user && caller.user->id.value != 0) made.info.author = caller.user->id;
  made.info.message = fresh.message;
  made.info.time = commit.author.time;
  return made;
}

meta::GitObject make_object(meta::GitKind kind, Bytes data) {
  const GitOid oid = git::object_id(git_kind_of(kind), data);
  return {.oid = oid, .kind = kind, .data = std::move(data), .lfs = std::nullopt};
}

meta::GitObject make_pointer(const meta::LfsTarget& target) {
  const std::string text =
      git::write_lfs_pointer({.oid = target.sha256, .size_bytes = target.size_bytes});
  const ByteView bytes = as_bytes(text);
  auto object = make_object(meta::GitKind::Blob, Bytes(bytes.begin(), bytes.end()));
  object.lfs = target;
  return object;
}

}  // namespace granary::service
