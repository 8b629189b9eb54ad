// Uploads: how the bytes of large files get into a repo, and the passes to send and fetch them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/env.h"
#include "base/limits.h"
#include "meta/meta_store.h"
#include "service/access.h"
#include "service/file_body.h"
#include "service/passes.h"

namespace granary::store {
class Store;
class Uploads;
}  // namespace granary::store

namespace granary::service {

struct WantedFile {
  Sha256 sha256;
  std::uint64_t size_bytes = 0;
};

enum class Parts : std::uint8_t { Refused, Allowed };

/// How a client should send one file.
struct UploadAnswer {
  std::optional<Error> refusal;        // Invalid, TooLarge, NoSpace; else:
  bool is_present = false;             // nothing to send; else:
  std::string send_pass;               // to send it whole, or to complete it from its parts
  std::string verify_pass;             // to ask afterwards whether it is there
  std::uint64_t part_size_bytes = 0;   // 0: whole
  std::string upload_id;               // of the parts
  std::vector<std::string> part_passes;  // of part 1, 2, …
};

struct DownloadAnswer {
  std::optional<Error> refusal;  // NotFound; Invalid for another size
  std::string pass;
};

/// What came in.
struct Received {
  Sha256 sha256;  // of a whole file
  std::uint64_t size_bytes = 0;
  std::string etag;  // hex; of a part, or the SHA-256
};

/// Bytes on their way in. Used by one thread at a time; dropped before finish, it leaves nothing.
class Intake {
 public:
  virtual ~Intake() = default;
  /// Errors: Invalid for more bytes than announced; NoSpace; Unavailable.
  virtual Result<void> write(ByteView bytes) = 0;
  /// Makes the bytes durable, and a whole file the repo's. Errors: Invalid if hash or size are not
  /// what was announced; nothing is stored then.
  virtual Result<Received> finish() = 0;
};

struct PartEtag {
  std::uint32_t number = 0;
  std::string etag;
};

/// A file that was asked for, ready to be sent.
class OpenFile {
 public:
  OpenFile(const Sha256& sha256, std::unique_ptr<store::FileReader> reader);
  OpenFile(OpenFile&&) noexcept;
  ~OpenFile();

  const Sha256& sha256() const { return sha256_; }
  std::uint64_t size_bytes() const { return size_bytes_; }
  /// The bytes of `range`, which lies within the file. Call once. `pool` outlives the body.
  std::unique_ptr<net::BodySource> body(ByteRange range, net::Pool& pool);

 private:
  Sha256 sha256_;
  std::uint64_t size_bytes_ = 0;
  std::unique_ptr<store::FileReader> reader_;
};

struct UploadOptions {
  /// Larger files are sent in parts by clients that can.
  std::uint64_t part_threshold_bytes = limits::kMultipartThresholdBytes;
  std::uint64_t part_size_bytes = limits::kMultipartPartSizeBytes;
  /// Whose stored chunks need not be stored again.
  meta::DedupeScope reach = meta::DedupeScope::Organization;
};

/// A file is there for a repo only once its bytes were sent to that repo and hashed by us, or once
/// the repo was granted it by someone who may read it elsewhere: a hash is no right to read.
/// Blocking, thread-safe.
class Uploads {
 public:
  struct Needs {
    Env& env;
    Access& access;
    meta::MetaStore& facts;
    store::Store& store;
    store::Uploads& parts;
  };
  /// The parts are borrowed and outlive this.
  static Result<std::unique_ptr<Uploads>> create(const Needs& needs, const UploadOptions& options);

  /// One answer for each file, in order. Idempotent. Errors: RepoNotFound, Denied.
  Result<std::vector<UploadAnswer>> offer(const Caller& caller, const meta::RepoName& name,
                                          std::span<const WantedFile> files, Parts parts);
  /// One answer for each file, in order. Errors: RepoNotFound, Gated.
  Result<std::vector<DownloadAnswer>> links(const Caller& caller, const meta::RepoName& name,
                                            std::span<const WantedFile> files);

  /// A whole file, or a part, for which there is a pass. `size_bytes`: what will come, if known.
  /// Errors: Denied for the pass, or if its user may no longer write; RepoNotFound; Invalid for
  /// another size than it allows; NoSpace.
  Result<std::unique_ptr<Intake>> start(std::string_view pass,
                                        std::optional<std::uint64_t> size_bytes);
  Result<std::unique_ptr<Intake>> start_part(std::string_view pass,
                                             std::optional<std::uint64_t> size_bytes);
  /// A whole file that is not known beforehand, for imports. Errors: RepoNotFound, Denied, NoSpace.
  Result<std::unique_ptr<Intake>> start_unannounced(const Caller& caller,
                                                    const meta::RepoName& name,
                                                    std::optional<std::uint64_t> size_bytes);
  /// Makes a file of its parts. Fine if that was done before. Errors: Denied for the pass; Invalid
  /// if a part is missing or another than `parts` says, or the file's hash is wrong.
  Result<void> complete(std::string_view pass, const Sha256& sha256,
                        std::span<const PartEtag> parts);
  /// Errors: Denied for the pass; NotFound if the repo lacks the file; Invalid for another size.
  Result<void> verify(std::string_view pass, const WantedFile& file);
  /// Errors: Denied for the pass; NotFound if the repo holds the file no longer.
  Result<OpenFile> open(std::string_view pass);

 private:
  Uploads(const Needs& needs, const UploadOptions& options, PassSigner signer);
  UploadAnswer answer_for(const Pass& basis, const std::optional<meta::RepoFile>& grant,
                          Parts parts);
  Result<void> offer_parts(const Pass& basis, UploadAnswer& answer);
  Result<meta::XorbScope> scope_of(const Pass& pass);
  Result<std::unique_ptr<Intake>> start_file(meta::XorbScope scope,
                                             std::optional<WantedFile> expected,
                                             std::optional<std::uint64_t> size_bytes);
  Result<void> check_parts(std::string_view upload, std::span<const PartEtag> parts);

  Needs needs_;
  UploadOptions options_;
  PassSigner signer_;
};

}  // namespace granary::service
