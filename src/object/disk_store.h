// ObjectStore in a folder of a POSIX file system, by the recipe that survives power cuts.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/env.h"
#include "base/limits.h"
#include "object/object_store.h"

namespace granary::object {

struct DiskStoreOptions {
  // Free space under which no new object is begun: the greater of the two.
  std::uint64_t floor_bytes = 2 * limits::kGiB;
  unsigned floor_percent = 1;  // of the whole file system
};

/// Opens the store in `folder`, which must exist and be durable itself; makes its layout
/// (object/disk_layout.h) durable and removes what a crash left in staging. `env` must outlive it.
///
/// An object is written to a file without a name, synced, linked under its name, and its folder
/// synced; only then is it there. After a failed sync no write is tried again: the store refuses
/// all writes until it is opened anew. Source: the write recipe in docs/ARCHITECTURE.md.
Result<std::unique_ptr<ObjectStore>> open_disk_store(Env& env, const std::string& folder,
                                                     const DiskStoreOptions& options);

}  // namespace granary::object
