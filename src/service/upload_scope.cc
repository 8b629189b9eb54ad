// The rights of a user, looked up anew for each request.
#include "service/upload_scope.h"

#include "service/access.h"
#include "service/base_models.h"

namespace granary::service {
namespace {

constexpr std::size_t kBaseModelCountMax = 4;

Result<Caller> caller_of(meta::MetaStore& facts, meta::NamespaceId user) {
  Caller caller;
  TRY(caller.user, facts.accounts().read_namespace(user));
  TRY(caller.memberships, facts.accounts().memberships_of(user));
  return caller;
}

/// The models that the repo declares, as far as the caller may read them.
std::vector<meta::RepoId> base_models(Access& access, const Caller& caller,
                                      const meta::RepoSummary& summary) {
  std::vector<meta::RepoId> repos;
  for (const meta::RepoName& name : declared_base_models(summary)) {
    if (repos.size() == kBaseModelCountMax) break;
    if (const auto found = access.find_for_content(caller, name)) repos.push_back(found->repo.id);
  }
  return repos;
}

}  // namespace

Result<meta::XorbScope> upload_scope(meta::MetaStore& facts, Access& access, const Caller& caller,
                                     meta::RepoId repo, meta::DedupeScope reach) {
  TRY(const auto summary, facts.repos().read_summary(repo));
  return meta::XorbScope{.repo = repo,
                         .reach = reach,
                         .viewer = caller.viewer(),
                         .sources = base_models(access, caller, summary)};
}

Result<meta::XorbScope> upload_scope(meta::MetaStore& facts, Access& access,
                                     const Uploader& uploader, meta::DedupeScope reach) {
  TRY(const auto repo, facts.repos().read_repo(uploader.repo));
  TRY(const Caller caller, caller_of(facts, uploader.user));
  const bool may_write =
      caller.user->instance_admin || caller.role_in(repo.owner) >= meta::OrgRole::Write;
  if (!may_write)
    return fail(ErrorKind::Denied, "you have no right to change this repo any longer");
  return upload_scope(facts, access, caller, repo.id, reach);
}

}  // namespace granary::service
