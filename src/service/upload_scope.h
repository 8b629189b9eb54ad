// Upload scope: which stored xorbs an uploader may be told of and may name.
#pragma once

#include "meta/meta_store.h"

namespace granary::service {

class Access;
struct Caller;

/// Of a repo that the caller may write to. `scope.sources` are the base models that the repo's card
/// declares, as far as the caller may read them.
Result<meta::XorbScope> upload_scope(meta::MetaStore& facts, Access& access, const Caller& caller,
                                     meta::RepoId repo, meta::DedupeScope reach);

struct Uploader {
  meta::NamespaceId user;
  meta::RepoId repo;
};
/// The user must still have the right to write there. Errors: RepoNotFound, Denied.
Result<meta::XorbScope> upload_scope(meta::MetaStore& facts, Access& access,
                                     const Uploader& uploader, meta::DedupeScope reach);

}  // namespace granary::service
