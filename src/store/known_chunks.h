// Finds chunks that the store has already: one in 1024 is a hook to a whole xorb's list.
#pragma once

#include <memory>
#include <vector>

#include "meta/content_store.h"
#include "object/object_store.h"
#include "store/chunk_list.h"
#include "store/lru_cache.h"

namespace granary::store {

/// The chunks of one xorb that is stored or, with an id below zero, that this ingest has closed.
struct KnownXorb {
  meta::XorbId id;
  ChunkList list;
};

/// Loads chunk lists of stored xorbs. Shared by all ingests; thread-safe.
class KnownXorbs {
 public:
  KnownXorbs(object::ObjectStore& objects, meta::ContentStore& content);

  /// The live xorb in scope (null: of all) that the hook leads to. One that cannot be read is left
  /// out, and logged: an upload never fails because of what others have stored.
  std::vector<std::shared_ptr<const KnownXorb>> find(const ChunkHash& hook,
                                                     const meta::XorbScope* scope);
  /// The chunk list of a stored xorb. Errors: Corrupt, also if its object is missing.
  Result<std::shared_ptr<const KnownXorb>> load(const meta::Xorb& xorb);

 private:
  object::ObjectStore& objects_;
  meta::ContentStore& content_;
  LruCache<meta::XorbId, const KnownXorb> cache_;
};

}  // namespace granary::store
