// Leases are held in the name of the user.
#include "service/claims.h"

#include <string>
#include <utility>

#include "base/limits.h"

namespace granary::service {

meta::FileClaim claim_for(const Caller& caller, meta::RepoId repo, WallTime now,
                          std::vector<Sha256> files) {
  return {.repo = repo,
          .files = std::move(files),
          .viewer = caller.viewer(),
          .source = std::nullopt,
          .holder = std::string(caller.actor_name()),
          .expires = now + limits::kLeaseTime};
}

}  // namespace granary::service
