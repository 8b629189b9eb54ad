// Xet tokens: the hub hands them out to whoever may read or write a repo; CAS routes ask for them.
#pragma once

#include <string>
#include <string_view>

#include "service/access.h"
#include "service/xet_tickets.h"

namespace granary::service {

struct XetToken {
  std::string text;
  WallTime expires;
};

/// Blocking unless said otherwise; thread-safe.
class XetTokens {
 public:
  /// The parts are borrowed and outlive this.
  XetTokens(Access& access, meta::MetaStore& facts, XetSigner signer, Clock& clock);

  /// Errors: RepoNotFound, Gated, RevisionNotFound.
  Result<XetToken> to_read(const Caller& caller, const meta::RepoName& name,
                           std::string_view revision);
  /// The revision need not exist. Errors: RepoNotFound, Denied.
  Result<XetToken> to_write(const Caller& caller, const meta::RepoName& name,
                            std::string_view revision);
  /// Errors: as XetSigner::check_ticket. Never blocks.
  Result<XetTicket> admit(std::string_view token, XetUse use) const;

 private:
  XetToken make(const Caller& caller, meta::RepoId repo, XetUse use, std::string_view revision);

  Access& access_;
  meta::MetaStore& facts_;
  XetSigner signer_;
  Clock& clock_;
};

}  // namespace granary::service
