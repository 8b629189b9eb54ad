// Xet scope: which stored xorbs an uploader may be told of and may name.
#pragma once

#include "meta/meta_store.h"
#include "service/xet_tickets.h"

namespace granary::service {

class Access;

/// Of the ticket's repo, for its user, who must still have the right to write there.
/// `scope.sources` are the base models that the repo's card declares, as far as the user may read
/// them. Errors: RepoNotFound, Denied.
Result<meta::XorbScope> upload_scope(meta::MetaStore& facts, Access& access,
                                     const XetTicket& ticket, meta::DedupeScope reach);

}  // namespace granary::service
