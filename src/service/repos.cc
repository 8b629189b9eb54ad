// Repos: the rules of their life, and of who is let into gated ones and likes them.
#include "service/repos.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/limits.h"
#include "service/initial_commit.h"
#include "service/names.h"
#include "service/repo_copy.h"

namespace granary::service {
namespace {

using meta::AccessRequest;
using meta::AccessStatus;
using meta::Repo;
using meta::RepoKind;
using meta::RepoName;

constexpr std::array<std::string_view, 4> kSdks = {"gradio", "streamlit", "docker", "static"};

Result<void> check_sdk(RepoKind kind, std::string_view sdk) {
  if (kind != RepoKind::Space) return {};
  if (std::ranges::find(kSdks, sdk) != kSdks.end()) return {};
  return fail(ErrorKind::Invalid,
              "a space needs \"sdk\", one of [gradio, streamlit, docker, static]");
}

// What an old name leads to must be named by its own name before it is taken away or renamed: a
// script that cleans up by old names would hit a repo that lives on.
Result<Repo> find_by_present_name(Access& access, const Caller& caller, const RepoName& name) {
  TRY(auto visible, access.find_for_admin(caller, name));
  if (!visible.by_old_name) return std::move(visible.repo);
  return fail(ErrorKind::RepoNotFound, "Repository Not Found: " + name.full() + " is " +
                                           visible.repo.name.full() + " now; use this name");
}

std::string subject_of(const RepoName& name) {
  return std::string(meta::name_of(name.kind)) + " " + name.full();
}

Result<void> require_gated(const Repo& repo) {
  if (repo.gating != meta::Gating::None) return {};
  return fail(ErrorKind::Invalid, repo.name.full() + " is not gated");
}

Result<meta::Namespace> find_user(meta::AccountStore& accounts, std::string_view name) {
  auto user = accounts.find_namespace(name);
  if (user && user->kind == meta::NamespaceKind::User) return user;
  if (!user && user.error().kind != ErrorKind::NotFound) return user;
  return fail(ErrorKind::NotFound, "there is no user " + std::string(name));
}

Result<AccessRequest> find_request(meta::RepoStore& repos, meta::RepoId repo, std::string_view id) {
  for (const auto status :
       {AccessStatus::Pending, AccessStatus::Accepted, AccessStatus::Rejected}) {
    TRY(const auto requests, repos.list_access(repo, status));
    const auto found = std::ranges::find(requests, id, &AccessRequest::public_id);
    if (found != requests.end()) return *found;
  }
  return fail(ErrorKind::NotFound, "there is no such access request");
}

}  // namespace

Result<Repo> Repos::create(const Caller& caller, const CreateRepo& fresh) {
  TRY(const auto space, access_.find_for_create(caller, fresh.name.space));
  TRY_DONE(check_repo_name(fresh.name.name));
  TRY_DONE(check_sdk(fresh.name.kind, fresh.sdk));
  meta::NewRepo repo;
  repo.name = RepoName{.kind = fresh.name.kind, .space = space.name, .name = fresh.name.name};
  repo.visibility = fresh.visibility.value_or(usual_);
  repo.sdk = fresh.name.kind == RepoKind::Space ? fresh.sdk : "";
  TRY(repo.initial, make_initial_commit(caller, env_.clock.wall_now(), fresh));
  auto created = facts_.repos().create_repo(repo);
  if (!created) return explain_conflict(repo.name, std::move(created).error());
  return created;
}

Result<Repo> Repos::duplicate(const Caller& caller, const RepoName& from, const CreateRepo& fresh) {
  TRY(const auto source, access_.find_for_content(caller, from));
  CreateRepo copy = fresh;
  copy.name.kind = source.repo.name.kind;
  copy.sdk = source.repo.sdk;
  if (!copy.visibility) copy.visibility = source.repo.visibility;
  TRY(const auto repo, create(caller, copy));
  auto copied = copy_content(env_, facts_, caller, source.repo, repo);
  if (copied) return facts_.repos().read_repo(repo.id);
  // Half a copy is worth nothing, and its name must not stay retired.
  if (facts_.repos().delete_repo(repo.id, entry(caller, "repo.duplicate.undo", repo.name, ""))) {
    static_cast<void>(
        facts_.repos().free_name(repo.name, entry(caller, "repo.duplicate.undo", repo.name, "")));
  }
  return tl::unexpected(std::move(copied).error());
}

Result<void> Repos::remove(const Caller& caller, const RepoName& name) {
  TRY(const auto repo, find_by_present_name(access_, caller, name));
  return facts_.repos().delete_repo(repo.id, entry(caller, "repo.delete", repo.name, ""));
}

Result<Repo> Repos::move(const Caller& caller, const RepoName& from, const RepoName& to) {
  TRY(const auto repo, find_by_present_name(access_, caller, from));
  if (to.space.empty()) return fail(ErrorKind::Invalid, "the new name needs a namespace");
  TRY(const auto space, access_.find_for_create(caller, to.space));
  TRY_DONE(check_repo_name(to.name));
  const RepoName name{.kind = from.kind, .space = space.name, .name = to.name};
  auto moved = facts_.repos().move_repo(repo.id, name);
  if (!moved) return explain_conflict(name, std::move(moved).error());
  TRY_DONE(facts_.accounts().append_audit(
      entry(caller, "repo.move", repo.name, "to " + moved->name.full())));
  return moved;
}

Result<Repo> Repos::update_settings(const Caller& caller, const RepoName& name,
                                    const meta::SettingsUpdate& update) {
  TRY(const auto visible, access_.find_for_admin(caller, name));
  TRY(auto repo, facts_.repos().update_settings(visible.repo.id, update));
  const bool is_private = repo.visibility == meta::Visibility::Private;
  const bool is_gated = repo.gating != meta::Gating::None;
  TRY_DONE(facts_.accounts().append_audit(
      entry(caller, "repo.settings", repo.name,
            std::string(is_private ? "private" : "public") + (is_gated ? ", gated" : ""))));
  return repo;
}

Result<void> Repos::free_name(const Caller& caller, const RepoName& name) {
  if (!caller.is_instance_admin()) {
    return fail(ErrorKind::Denied, "only an administrator of this server may free a name");
  }
  return facts_.repos().free_name(name, entry(caller, "repo.free", name, ""));
}

Result<AccessRequest> Repos::ask_access(const Caller& caller, const RepoName& name,
                                        std::string fields_json) {
  if (caller.is_stranger()) return fail(ErrorKind::Unauthenticated, "asking needs a token");
  if (fields_json.size() > limits::kAccessFieldsSizeBytesMax) {
    return fail(ErrorKind::TooLarge, "the answers are too long");
  }
  TRY(const auto visible, access_.find(caller, name));
  const auto& repo = visible.repo;
  TRY_DONE(require_gated(repo));
  if (caller.role_in(repo.owner)) return fail(ErrorKind::Invalid, "you have access already");
  const auto before = facts_.repos().find_access(repo.id, caller.user->id);
  if (!before && before.error().kind != ErrorKind::NotFound) return before;
  if (before && before->status == AccessStatus::Rejected) {
    return fail(ErrorKind::Denied, "your request for access was rejected");
  }
  if (before) return fail(ErrorKind::Conflict, "you have asked for access already");
  AccessRequest request;
  request.user = caller.user->id;
  request.status =
      repo.gating == meta::Gating::Automatic ? AccessStatus::Accepted : AccessStatus::Pending;
  request.fields_json = std::move(fields_json);
  request.time = env_.clock.wall_now();
  return facts_.repos().set_access(repo.id, request);
}

Result<std::vector<AccessRequest>> Repos::list_access(const Caller& caller, const RepoName& name,
                                                      AccessStatus status) {
  TRY(const auto visible, access_.find_for_admin(caller, name));
  TRY_DONE(require_gated(visible.repo));
  return facts_.repos().list_access(visible.repo.id, status);
}

Result<AccessRequest> Repos::handle_access(const Caller& caller, const RepoName& name,
                                           const AccessChange& change) {
  TRY(const auto visible, access_.find_for_admin(caller, name));
  const auto& repo = visible.repo;
  TRY_DONE(require_gated(repo));
  AccessRequest request;
  if (change.user.empty()) {
    TRY(request, find_request(facts_.repos(), repo.id, change.request_id));
  } else {
    TRY(const auto user, find_user(facts_.accounts(), change.user));
    TRY(request, facts_.repos().find_access(repo.id, user.id));
  }
  request.status = change.status;
  TRY(auto changed, facts_.repos().set_access(repo.id, request));
  TRY_DONE(audit_access(caller, repo, changed));
  return changed;
}

Result<AccessRequest> Repos::grant_access(const Caller& caller, const RepoName& name,
                                          std::string_view user_name) {
  TRY(const auto visible, access_.find_for_admin(caller, name));
  TRY_DONE(require_gated(visible.repo));
  TRY(const auto user, find_user(facts_.accounts(), user_name));
  AccessRequest request;
  request.user = user.id;
  request.status = AccessStatus::Accepted;
  request.by_hand = true;
  request.time = env_.clock.wall_now();
  TRY(auto granted, facts_.repos().set_access(visible.repo.id, request));
  TRY_DONE(audit_access(caller, visible.repo, granted));
  return granted;
}

Result<void> Repos::set_like(const Caller& caller, const RepoName& name, Liking liking) {
  if (caller.is_stranger()) return fail(ErrorKind::Unauthenticated, "liking needs a token");
  TRY(const auto visible, access_.find(caller, name));
  if (!caller.may_write()) return fail(ErrorKind::Denied, "this token may only read");
  return facts_.repos().set_like(visible.repo.id, caller.user->id, liking == Liking::Like);
}

Result<std::vector<meta::Namespace>> Repos::likers(const Caller& caller, const RepoName& name) {
  TRY(const auto visible, access_.find(caller, name));
  return facts_.repos().list_likers(visible.repo.id);
}

Result<std::vector<meta::Like>> Repos::likes_of(const Caller& caller, std::string_view user_name) {
  TRY(const auto user, find_user(facts_.accounts(), user_name));
  TRY(auto likes, facts_.repos().list_likes(user.id));
  std::erase_if(likes, [&](const meta::Like& like) { return !may_see(caller, like.repo); });
  return likes;
}

// A name in use explains itself; of a retired one, says how it can be had again.
Result<Repo> Repos::explain_conflict(const RepoName& name, Error error) {
  if (error.kind != ErrorKind::Conflict) return tl::unexpected(std::move(error));
  const auto holder = facts_.repos().find_repo(name);
  if (!holder && holder.error().kind == ErrorKind::RepoNotFound) {
    error.message = "the name " + name.full() +
                    " was used by a deleted repository; an administrator can free it: granary repo "
                    "free " +
                    name.full();
  }
  return tl::unexpected(std::move(error));
}

meta::AuditEntry Repos::entry(const Caller& caller, std::string_view action,
                              const RepoName& subject, std::string detail) {
  return {.time = env_.clock.wall_now(),
          .actor = std::string(caller.actor_name()),
          .action = std::string(action),
          .subject = subject_of(subject),
          .detail = std::move(detail)};
}

Result<void> Repos::audit_access(const Caller& caller, const Repo& repo,
                                 const AccessRequest& request) {
  return facts_.accounts().append_audit(
      entry(caller, "access.handle", repo.name,
            request.user_name + " " + std::string(meta::name_of(request.status))));
}

}  // namespace granary::service
