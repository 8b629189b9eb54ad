// Making and checking Xet tokens.
#include "service/xet_tokens.h"

#include "base/limits.h"
#include "service/revisions.h"

namespace granary::service {

XetTokens::XetTokens(Access& access, meta::MetaStore& facts, XetSigner signer, Clock& clock)
    : access_(access), facts_(facts), signer_(std::move(signer)), clock_(clock) {}

Result<XetToken> XetTokens::to_read(const Caller& caller, const meta::RepoName& name,
                                    std::string_view revision) {
  TRY(const auto visible, access_.find_for_content(caller, name));
  TRY_DONE(resolve_revision(facts_.git(), visible.repo.id, revision));
  return make(caller, visible.repo.id, XetUse::Read, revision);
}

Result<XetToken> XetTokens::to_write(const Caller& caller, const meta::RepoName& name,
                                     std::string_view revision) {
  TRY(const auto visible, access_.find_for_write(caller, name));
  return make(caller, visible.repo.id, XetUse::Write, revision);
}

XetToken XetTokens::make(const Caller& caller, meta::RepoId repo, XetUse use,
                         std::string_view revision) {
  XetTicket ticket{.use = use,
                   .repo = repo,
                   .user = {},
                   .ref = std::string(revision.substr(0, limits::kRefNameSizeBytesMax)),
                   .expires = clock_.wall_now() + limits::kXetTokenTime};
  if (caller.user) ticket.user = caller.user->id;
  return {.text = signer_.sign(ticket), .expires = ticket.expires};
}

Result<XetTicket> XetTokens::admit(std::string_view token, XetUse use) const {
  return signer_.check_ticket(token, use);
}

}  // namespace granary::service
