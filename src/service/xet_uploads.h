// Xet uploads: xorbs as they come, and the files that are made of them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/env.h"
#include "meta/meta_store.h"
#include "service/access.h"
#include "service/xet_tickets.h"

namespace granary::store {
class Store;
}

namespace granary::service {

/// What an uploader says of a file and of a xorb. Nothing of it is believed.
struct TermClaim {
  XorbHash xorb;
  std::uint32_t chunk_start = 0;
  std::uint32_t chunk_end = 0;  // exclusive
  std::uint64_t unpacked_size_bytes = 0;
  RangeHash range_hash;
};
struct XetFileClaim {
  FileHash hash;
  std::optional<Sha256> sha256;
  std::vector<TermClaim> terms;
};
struct ChunkClaim {
  ChunkHash hash;
  std::uint32_t size_bytes = 0;
};
struct XorbClaim {
  XorbHash hash;
  std::vector<ChunkClaim> chunks;
};

/// A xorb on its way in. Used by one thread at a time; dropped before finish, it leaves nothing.
class XorbUpload {
 public:
  virtual ~XorbUpload() = default;
  /// One whole chunk's original bytes. Errors: Invalid if they are no chunk or too many; NoSpace.
  virtual Result<void> add_chunk(ByteView bytes) = 0;
  /// Makes the xorb durable. Errors: Invalid if its name is another; nothing is stored then.
  virtual Result<void> finish() = 0;
};

/// Blocking, thread-safe.
class XetUploads {
 public:
  struct Needs {
    Env& env;
    Access& access;
    meta::MetaStore& facts;
    store::Store& store;
  };
  /// The parts are borrowed and outlive this.
  XetUploads(const Needs& needs, meta::DedupeScope scope);

  /// Whether the xorb need not be sent: it is stored and in the ticket's scope, and will stay for
  /// weeks. Errors: RepoNotFound, Denied if the rights of the ticket's user are gone.
  Result<bool> has_xorb(const XetTicket& ticket, const XorbHash& hash);
  /// Errors: as has_xorb; NoSpace; Unavailable.
  Result<std::unique_ptr<XorbUpload>> start_xorb(const XetTicket& ticket, const XorbHash& hash);

  /// Called with the bytes checked so far and to be checked; false stops the work.
  using Progress = std::function<bool(std::uint64_t done_bytes, std::uint64_t total_bytes)>;
  /// Checks all files, then makes all of them the repo's. Idempotent. Errors: Invalid with a
  /// sentence for people; RepoNotFound, Denied; nothing is recorded then.
  Result<void> register_files(const XetTicket& ticket, std::span<const XetFileClaim> files,
                              std::span<const XorbClaim> xorbs, const Progress& progress);

 private:
  Result<meta::XorbScope> scope_of(const XetTicket& ticket);

  Needs needs_;
  meta::DedupeScope scope_;
};

}  // namespace granary::service
