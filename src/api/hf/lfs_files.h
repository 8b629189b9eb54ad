// LFS files: which large files a repo holds, taking them away, copying them. Source: hf-hub API, 5.
#pragma once

#include "api/hf/call.h"

namespace granary::api::hf {

/// GET …/lfs-files?limit&cursor
Result<net::Response> list_lfs_files(Context& context, Call& call);
/// POST …/lfs-files/batch {"deletions":{"sha":[…],"rewriteHistory":true}}
Result<net::Response> delete_lfs_files(Context& context, Call& call);
/// POST …/lfs-files/duplicate {"target":{type,name},"files":[{sha256,…}…]}, on the source
Result<net::Response> duplicate_lfs_files(Context& context, Call& call);

}  // namespace granary::api::hf
