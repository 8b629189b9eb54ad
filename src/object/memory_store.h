// ObjectStore in memory, for tests.
#pragma once

#include <memory>

#include "object/object_store.h"

namespace granary::object {

std::unique_ptr<ObjectStore> make_memory_store();

}  // namespace granary::object
