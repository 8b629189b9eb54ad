// Uploads in parts, over many requests: staged durably, resumable after a restart.
//
//   FOLDER/
//     <upload id>/            32 hex digits; made before its row, removed after it
//       <number>              a durable part, in decimal
//       <number>.<16 hex>     a part that was cut off while being named
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "meta/content_store.h"
#include "store/store.h"

namespace granary::store {

/// What a client wants to send in parts. All but the last part are of the same size.
struct UploadPlan {
  meta::RepoId repo;
  meta::NamespaceId user;
  Sha256 sha256;
  std::uint64_t size_bytes = 0;
  std::uint64_t part_size_bytes = 0;
};

/// As IngestPlan::scope; that of the call counts with which taking in begins.
using IngestScope = std::optional<meta::XorbScope>;

/// A part being received. Dropped before finish, it leaves nothing.
class PartWriter {
 public:
  virtual ~PartWriter() = default;
  /// Errors: NoSpace; Invalid for more bytes than the part has.
  virtual Result<void> write(ByteView bytes) = 0;
  /// Makes the part durable and records it; it replaces one of the same number. May then take in
  /// parts that have become the next ones of the file, which costs about a second per part.
  /// Errors: Invalid for fewer bytes than the part has; NotFound if the upload is gone; Unavailable
  /// after a failed sync.
  virtual Result<meta::UploadPart> finish() = 0;
};

/// Blocking and thread-safe.
class Uploads {
 public:
  virtual ~Uploads() = default;

  /// A new upload, or the one that this user has begun for the same file. Errors: Invalid for sizes
  /// that make no sense; TooLarge; NoSpace when parts and file would not fit together.
  virtual Result<meta::Upload> start(const UploadPlan& plan) = 0;
  /// `number` counts from 1. Errors: NotFound; Invalid if there is no such part, or if
  /// `size_bytes`, where known, is not the size it must have.
  virtual Result<std::unique_ptr<PartWriter>> start_part(std::string_view id, std::uint32_t number,
                                                         std::optional<std::uint64_t> size_bytes,
                                                         const IngestScope& scope) = 0;
  /// Takes the file in, as Ingest::finish; the caller records it and then removes the upload.
  /// Errors: Invalid if parts are missing or the file's hash is wrong.
  virtual Result<meta::NewContent> complete(std::string_view id, const IngestScope& scope) = 0;
  /// Fine if there is none.
  virtual Result<void> remove(std::string_view id) = 0;
  /// Removes uploads begun before limits::kUploadTime. Gives how many.
  virtual Result<std::size_t> remove_expired() = 0;
  /// Empty while healthy; else why parts are refused (a failed sync).
  virtual std::string write_refusal() const = 0;
};

/// How many parts a file has, and the size of each. For a valid plan only.
std::uint32_t part_count(const meta::Upload& upload);
std::uint64_t part_size_bytes(const meta::Upload& upload, std::uint32_t number);

/// `folder` must exist, durably. Removes staged files that no row knows. The parts are borrowed.
Result<std::unique_ptr<Uploads>> open_uploads(Env& env, meta::ContentStore& content,
                                              object::ObjectStore& objects, Store& store,
                                              const std::string& folder);

}  // namespace granary::store
