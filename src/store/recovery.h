// The look at what is newest in the store, when a server starts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/env.h"
#include "meta/content_store.h"
#include "object/object_store.h"

namespace granary::store {

struct Recovery {
  std::uint64_t checked_count = 0;
  std::vector<std::string> problems;  // one line each: what a live row promises and is not there
};

/// Checks that each xorb recorded since the last clean look has its object, of the right size and
/// with a sound end: the newest limits::kRecoveryXorbsMax at most. How far it came is kept in the
/// file `watermark_path`, whose folder must exist, durably; a xorb with a problem is looked at
/// again. Deletes nothing: objects without a row are the collector's business.
/// Errors: when the facts cannot be read.
Result<Recovery> recover(Env& env, meta::ContentStore& content, object::ObjectStore& objects,
                         const std::string& watermark_path);

}  // namespace granary::store
