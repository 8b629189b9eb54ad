// Xet dedupe: telling an uploader of xorbs that hold, or may hold, chunks of what it has.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/env.h"
#include "meta/meta_store.h"
#include "service/access.h"
#include "service/xet_tickets.h"

namespace granary::store {
class Store;
}

namespace granary::service {

struct KeyedChunk {
  ChunkHash keyed_hash;           // under the answer's key: only who has the chunk recognises it
  std::uint32_t start_bytes = 0;  // in the xorb's original bytes
  std::uint32_t size_bytes = 0;
};
struct DedupeXorb {
  XorbHash hash;
  std::uint32_t size_bytes = 0;  // original
  std::vector<KeyedChunk> chunks;
};
struct DedupeAnswer {
  std::array<std::uint8_t, 32> key{};
  WallTime key_expires;
  std::vector<DedupeXorb> xorbs;
};

/// Blocking, thread-safe.
class XetDedupe {
 public:
  struct Needs {
    Env& env;
    Access& access;
    meta::MetaStore& facts;
    store::Store& store;
  };
  /// The parts are borrowed and outlive this.
  XetDedupe(const Needs& needs, meta::DedupeScope scope);
  ~XetDedupe();

  /// The xorbs in the ticket's scope where the chunk may be found, and those that lie beside them
  /// in files. The first answer of a session also names xorbs of the repo's own files and of its
  /// declared base model's, asked for or not.
  /// All of them stay for weeks. `session`: the client's name for its run; empty: none.
  /// Errors: NotFound if there is nothing to tell; RepoNotFound, Denied as for uploads.
  Result<DedupeAnswer> find(const XetTicket& ticket, const ChunkHash& chunk,
                            std::string_view session);

 private:
  class Sessions;
  Needs needs_;
  meta::DedupeScope scope_;
  std::unique_ptr<Sessions> sessions_;
};

}  // namespace granary::service
