// Makes files of chunks that are stored already, as an uploader describes them.
#pragma once

#include "store/known_chunks.h"
#include "store/store.h"
#include "store/xorb_cache.h"

namespace granary::store {

/// What an assembly works with; all borrowed.
struct AssemblyParts {
  meta::ContentStore& content;
  KnownXorbs& known;
  XorbCache& cache;
};

/// As Store::assemble.
Result<meta::NewContent> assemble(const AssemblyParts& parts, const ClaimedFile& claim,
                                  const Progress& progress);

}  // namespace granary::store
