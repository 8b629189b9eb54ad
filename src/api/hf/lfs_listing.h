// LFS listing: which large files a repo holds, and taking them away.
#pragma once

#include "api/hf/call.h"

namespace granary::api::hf {

/// GET /api/{type}s/{repo}/lfs-files
Result<net::Response> list_lfs_files(Context& context, Call& call);
/// POST /api/{type}s/{repo}/lfs-files/batch
Result<net::Response> delete_lfs_files(Context& context, Call& call);
/// POST /api/{type}s/{repo}/lfs-files/duplicate
Result<net::Response> duplicate_lfs_files(Context& context, Call& call);

}  // namespace granary::api::hf
