// fsck: a read-only check of everything the store holds, against the facts and against itself.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "meta/meta_store.h"
#include "object/object_store.h"

namespace granary::store {

struct FsckProgress {
  std::uint64_t xorb_count = 0;   // looked at so far
  std::uint64_t file_count = 0;
  std::uint64_t bytes_read = 0;   // original bytes, with `data`
};

struct FsckOptions {
  bool data = false;  // also decode every block and hash every chunk and every file again
  std::function<void(const FsckProgress&)> progress;  // after each xorb and file; may be empty
};

struct FsckReport {
  std::vector<std::string> findings;  // one line each, at most limits::kFsckFindingsMax
  std::uint64_t finding_count = 0;
  std::uint64_t object_count = 0;
  std::uint64_t orphan_count = 0;  // objects that no row names: no fault, the collector's business
  FsckProgress looked_at;

  bool is_sound() const { return finding_count == 0; }
};

/// Checks the facts (MetaStore::check); that each live xorb has its object, of the right size, with
/// sound tables whose hashes make the xorb's name; that each file's recipe lies inside its xorbs,
/// adds up, and makes the file's Xet hash. Changes nothing. May run beside a server.
/// Errors: only when the facts cannot be read at all.
Result<FsckReport> fsck(meta::MetaStore& facts, object::ObjectStore& objects,
                        const FsckOptions& options);

}  // namespace granary::store
