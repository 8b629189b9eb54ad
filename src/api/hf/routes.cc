// Routes: every route of the hub API.
#include "api/hf/routes.h"

#include <string>

#include "api/hf/access_requests.h"
#include "api/hf/call.h"
#include "api/hf/commit.h"
#include "api/hf/compare.h"
#include "api/hf/info.h"
#include "api/hf/lfs_listing.h"
#include "api/hf/likes.h"
#include "api/hf/listing.h"
#include "api/hf/odds.h"
#include "api/hf/people.h"
#include "api/hf/preupload.h"
#include "api/hf/ref_changes.h"
#include "api/hf/refs.h"
#include "api/hf/repo_changes.h"
#include "api/hf/resolve.h"
#include "api/hf/tensor_headers.h"
#include "api/hf/tree.h"
#include "api/hf/validate_card.h"
#include "api/hf/xet_tokens.h"

namespace granary::api::hf {

namespace {

// Who.
void add_people(net::Router& router, const On& on) {
  router.get("/api/whoami-v2", on.plain(whoami));
  router.get("/api/whoami", on.plain(whoami));
  router.get("/api/users/{user}/overview", on.plain(user_overview));
  router.get("/api/users/{user}/likes", on.plain(list_likes));
  router.get("/api/users/{name}/followers", on.plain(no_followers));
  router.get("/api/users/{name}/following", on.plain(no_followers));
  router.get("/api/organizations/{organization}/overview", on.plain(organization_overview));
  router.get("/api/organizations/{organization}/members", on.plain(organization_members));
  router.get("/api/organizations/{name}/followers", on.plain(no_followers));
  router.get("/avatars/{name}.svg", on.plain(avatar));
}

// Repos: making and changing.
void add_repo_changes(net::Router& router, const On& on) {
  router.post("/api/repos/create", on.with_body(create_repo));
  router.del("/api/repos/delete", on.with_body(delete_repo));
  router.post("/api/repos/move", on.with_body(move_repo));
  router.put("/api/{type:models|datasets|spaces}/{repo}/settings", on.with_body(change_settings));
  router.post("/api/{type:models|datasets|spaces}/{repo}/duplicate", on.with_body(duplicate_repo));
}

// Repos: reading.
void add_repo_reading(net::Router& router, const On& on) {
  router.get("/api/{type:models|datasets|spaces}", on.plain(list_repos));
  router.get("/api/{type:models|datasets|spaces}/{repo}", on.kept(repo_info));
  router.get("/api/{type:models|datasets|spaces}/{repo}/revision/{rev}", on.kept(repo_info));
  router.get("/api/{type:models|datasets|spaces}/{repo}/auth-check", on.plain(check_read));
  router.get("/api/{type:models|datasets|spaces}/{repo}/auth-check/write", on.plain(check_write));
  router.get("/api/models-tags-by-type", on.plain(model_tags));
  router.get("/api/datasets-tags-by-type", on.plain(dataset_tags));
  router.get("/api/settings/repositories", on.plain(own_repos));
  router.get("/api/organizations/{organization}/settings/repositories", on.plain(own_repos));
}

// Files: reading.
void add_file_reading(net::Router& router, const On& on) {
  for (const std::string prefix : {"/{repo}", "/{type:datasets|spaces}/{repo}"}) {
    router.get(prefix + "/resolve/{rev}/{path...}", on.stream(resolve));
    router.get(prefix + "/raw/{rev}/{path...}", on.stream(raw));
  }
  router.get("/api/{type:models|datasets|spaces}/{repo}/tree/{rev}/{path...}", on.kept(tree));
  router.post("/api/{type:models|datasets|spaces}/{repo}/paths-info/{rev}",
              on.with_body(paths_info));
  router.get("/api/{type:models|datasets|spaces}/{repo}/refs", on.kept(refs));
  router.get("/api/{type:models|datasets|spaces}/{repo}/commits/{rev}", on.kept(commits));
  router.get("/api/{type:models|datasets|spaces}/{repo}/compare/{path...}", on.plain(compare));
  router.get("/api/models/{repo}/safetensors-metadata/{path...}", on.kept(safetensors_metadata));
}

// The Xet protocol's tokens.
void add_xet_tokens(net::Router& router, const On& on) {
  router.get("/api/{type:models|datasets|spaces}/{repo}/xet-read-token/{rev}",
             on.plain(xet_read_token));
  router.get("/api/{type:models|datasets|spaces}/{repo}/xet-write-token/{rev}",
             on.plain(xet_write_token));
}

// Files: publishing.
void add_publishing(net::Router& router, const On& on) {
  router.post("/api/validate-yaml", on.with_body(validate_card));
  router.post("/api/{type:models|datasets|spaces}/{repo}/preupload/{rev}",
              on.with_body_paced(preupload));
  router.post("/api/{type:models|datasets|spaces}/{repo}/commit/{rev}", on.stream(commit));
  router.post("/api/{type:models|datasets|spaces}/{repo}/branch/{rev}",
              on.with_body(create_branch));
  router.del("/api/{type:models|datasets|spaces}/{repo}/branch/{rev}", on.plain(delete_branch));
  router.post("/api/{type:models|datasets|spaces}/{repo}/tag/{rev}", on.with_body(create_tag));
  router.del("/api/{type:models|datasets|spaces}/{repo}/tag/{rev}", on.plain(delete_tag));
  router.post("/api/{type:models|datasets|spaces}/{repo}/super-squash/{rev}", on.with_body(squash));
  router.get("/api/{type:models|datasets|spaces}/{repo}/lfs-files", on.plain(list_lfs_files));
  router.post("/api/{type:models|datasets|spaces}/{repo}/lfs-files/batch",
              on.with_body(delete_lfs_files));
  router.post("/api/{type:models|datasets|spaces}/{repo}/lfs-files/duplicate",
              on.with_body_paced(duplicate_lfs_files));
}

// Gated repos.
void add_gates(net::Router& router, const On& on) {
  router.post("/api/{type:models|datasets|spaces}/{repo}/ask-access", on.with_body(ask_access));
  router.get(
      "/api/{type:models|datasets|spaces}/{repo}/user-access-request/"
      "{status:pending|accepted|rejected}",
      on.plain(list_access_requests));
  router.post("/api/{type:models|datasets|spaces}/{repo}/user-access-request/handle",
              on.with_body(handle_access_request));
  router.post("/api/{type:models|datasets|spaces}/{repo}/user-access-request/grant",
              on.with_body(grant_access));
}

// Likes.
void add_likes(net::Router& router, const On& on) {
  router.post("/api/{type:models|datasets|spaces}/{repo}/like", on.plain(like_repo));
  router.del("/api/{type:models|datasets|spaces}/{repo}/like", on.plain(unlike_repo));
  router.get("/api/{type:models|datasets|spaces}/{repo}/likers", on.plain(list_likers));
}

// Odds, and what is not there.
void add_odds(net::Router& router, const On& on) {
  router.head("/api/telemetry/{path...}", on.stream(ignore_telemetry));
  router.get("/api/agent-harnesses", on.stream(agent_harnesses));
  router.fallback("/api", on.stream(unknown_route));
  router.fallback("/api/buckets", on.stream(no_such_kind));
  router.fallback("/api/kernels", on.stream(no_such_kind));
  router.fallback("/oauth", on.stream(no_device_login));
  router.fallback("/v1", on.stream(unknown_route));
  router.fallback("/v2", on.stream(unknown_route));
}

}  // namespace

void mount(net::Router& router, Context& context) {
  const On on(context);
  add_people(router, on);
  add_repo_changes(router, on);
  add_repo_reading(router, on);
  add_file_reading(router, on);
  add_xet_tokens(router, on);
  add_publishing(router, on);
  add_gates(router, on);
  add_likes(router, on);
  add_odds(router, on);
}

}  // namespace granary::api::hf
