// Finished xorbs that have no name yet, and their way into the object store.
#pragma once

#include <memory>
#include <span>

#include "meta/content_store.h"
#include "object/object_store.h"

namespace granary::store {

/// `object` is sealed; what `facts` say of generation and stored size is not yet known.
struct SealedXorb {
  meta::Xorb facts;
  std::unique_ptr<object::ObjectWriter> object;
};

/// Publishes them together, and adds their facts to `out`, in this order. Errors: NoSpace;
/// Unavailable after a failed sync.
Result<void> publish_xorbs(object::ObjectStore& objects, meta::ContentStore& content,
                           std::span<SealedXorb> xorbs, meta::NewContent& out);

}  // namespace granary::store
