// Repo copy: what main of one repo holds, brought into another; no bytes of LFS files are moved.
#pragma once

#include "base/env.h"
#include "meta/meta_store.h"
#include "service/access.h"

namespace granary::service {

/// Makes main of `to` hold what main of `from` holds, in one commit on top of what it has. Only
/// what the head of main needs is copied, in bounded memory. The caller may read the content of
/// `from`. Errors: those of the stores; Conflict if a file left `from` meanwhile.
Result<void> copy_content(Env& env, meta::MetaStore& facts, const Caller& caller,
                          const meta::Repo& from, const meta::Repo& to);

}  // namespace granary::service
