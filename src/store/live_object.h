// Opens the object of a live xorb, whichever one it has at the moment.
#pragma once

#include <memory>

#include "meta/content_store.h"
#include "object/object_store.h"

namespace granary::store {

/// The object of the xorb that `facts` tell of. A recode may have given the xorb another one since
/// they were read: then they are read again, into `facts`. Errors: Corrupt if there is none.
Result<std::shared_ptr<const object::ObjectReader>> open_live(object::ObjectStore& objects,
                                                              meta::ContentStore& content,
                                                              meta::Xorb& facts);

}  // namespace granary::store
