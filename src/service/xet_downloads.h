// Xet downloads: of which runs of which xorbs a file is made, and those runs' bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chunk/dirty_windows.h"
#include "meta/meta_store.h"
#include "net/body_source.h"
#include "service/file_body.h"
#include "service/xet_tickets.h"

namespace granary::store {
class FileReader;
class Store;
}  // namespace granary::store

namespace granary::service {

/// A run of chunks of a xorb that a file repeats.
struct ReconstructionTerm {
  XorbHash xorb;
  std::uint32_t chunk_start = 0;
  std::uint32_t chunk_end = 0;  // exclusive
  std::uint64_t unpacked_size_bytes = 0;
};

/// A run of a xorb's chunks to be fetched, and the bytes that carry it.
struct XorbFetch {
  XorbHash xorb;
  std::uint32_t chunk_start = 0;
  std::uint32_t chunk_end = 0;  // exclusive
  std::uint64_t first_byte = 0;
  std::uint64_t last_byte = 0;  // inclusive
  std::string pass;
};

struct Reconstruction {
  std::uint64_t offset_into_first_range = 0;
  std::vector<ReconstructionTerm> terms;
  /// Xorb by xorb in the order of their first use; within a xorb ascending, no two of them
  /// overlapping or adjacent. Each term lies in one of them.
  std::vector<XorbFetch> fetches;
};

/// For who edits ranges of a file without having all of it.
struct FileChunkHashes {
  std::uint64_t chunk_count = 0;
  std::uint64_t size_bytes = 0;
  std::vector<chunk::ByteSpan> windows = {};  // to be cut into chunks anew
  std::vector<chunk::HashSubtree> gaps = {};  // before, between and after them
  std::vector<RangeHash> kept_terms = {};  // of the reconstruction's terms outside of them
};

/// Part of a file: from a byte up to and with another, which may lie past the end.
struct FileSpan {
  std::uint64_t first_byte = 0;
  std::uint64_t last_byte = ~std::uint64_t{0};
};

/// A xorb's bytes as far as a pass allows.
class OpenXorbRun {
 public:
  OpenXorbRun(const XorbPass& pass, std::unique_ptr<store::FileReader> reader);
  OpenXorbRun(OpenXorbRun&&) noexcept;
  ~OpenXorbRun();

  const XorbPass& allowed() const { return pass_; }
  /// Of the whole xorb in this form.
  std::uint64_t size_bytes() const;
  /// The bytes of `range`, which lies in what is allowed. Call once. `pool` outlives the body.
  std::unique_ptr<net::BodySource> body(ByteRange range, net::Pool& pool);

 private:
  XorbPass pass_;
  std::unique_ptr<store::FileReader> reader_;
};

/// Blocking, thread-safe.
class XetDownloads {
 public:
  /// The parts are borrowed and outlive this.
  XetDownloads(meta::MetaStore& facts, store::Store& store, XetSigner signer, Clock& clock);

  /// Nothing if `span` begins at or past the end of the file; an empty file has a reconstruction
  /// without terms for a span that begins at 0. Errors: NotFound if the ticket's repo does not hold
  /// the file; Corrupt.
  Result<std::optional<Reconstruction>> reconstruct(const XetTicket& ticket, const FileHash& file,
                                                    const FileSpan& span);
  /// `dirty`: as chunk::DirtyWindows takes them. Errors: NotFound as above; Invalid if they all lie
  /// past the end; TooLarge for files of some 128 GiB on; Corrupt.
  Result<FileChunkHashes> chunk_hashes(const XetTicket& ticket, const FileHash& file,
                                       std::span<const chunk::ByteSpan> dirty);
  /// Errors: NotFound as above.
  Result<std::uint64_t> file_size_bytes(const XetTicket& ticket, const FileHash& file);
  /// Of a xorb as it is sent. Errors: NotFound unless a file of the ticket's repo needs it.
  Result<std::uint64_t> xorb_size_bytes(const XetTicket& ticket, const XorbHash& xorb);

  /// Errors: Denied for the pass; NotFound if the xorb is gone.
  Result<OpenXorbRun> open(std::string_view pass);

 private:
  Result<meta::StoredFile> find(const XetTicket& ticket, const FileHash& file);

  meta::MetaStore& facts_;
  store::Store& store_;
  XetSigner signer_;
  Clock& clock_;
};

}  // namespace granary::service
