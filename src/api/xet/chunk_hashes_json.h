// What an editor of ranges needs to know of a file, as JSON.
#pragma once

#include <string>

#include "service/xet_downloads.h"

namespace granary::api::xet {

std::string chunk_hashes_json(const service::FileChunkHashes& answer);

}  // namespace granary::api::xet
