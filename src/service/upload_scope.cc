// The rights of a user, looked up anew for each request.
#include "service/upload_scope.h"

#include <string_view>

#include "service/access.h"

namespace granary::service {
namespace {

constexpr std::string_view kBaseModelTag = "base_model:";
constexpr std::size_t kBaseModelCountMax = 4;

Result<Caller> caller_of(meta::MetaStore& facts, meta::NamespaceId user) {
  Caller caller;
  TRY(caller.user, facts.accounts().read_namespace(user));
  TRY(caller.memberships, facts.accounts().memberships_of(user));
  return caller;
}

/// The models that tags like "base_model:ns/name" declare, as far as the caller may read them.
std::vector<meta::RepoId> base_models(Access& access, const Caller& caller,
                                      const meta::RepoSummary& summary) {
  std::vector<meta::RepoId> repos;
  for (const std::string_view tag : summary.tags) {
    if (!tag.starts_with(kBaseModelTag) || repos.size() == kBaseModelCountMax) continue;
    const std::string_view id = tag.substr(kBaseModelTag.size());
    const auto slash = id.find('/');
    // "base_model:finetune:ns/name" says the same again.
    if (slash == std::string_view::npos || id.find(':') != std::string_view::npos) continue;
    const meta::RepoName name{.kind = meta::RepoKind::Model,
                              .space = std::string(id.substr(0, slash)),
                              .name = std::string(id.substr(slash + 1))};
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
