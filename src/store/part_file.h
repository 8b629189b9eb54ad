// One part of an upload on its way to disk.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/env.h"
#include "store/aligned_buffer.h"

namespace granary::store {

/// Bytes to a file without a name, by aligned writes that bypass the page cache.
class PartFile {
 public:
  /// Errors: NoSpace.
  static Result<std::unique_ptr<PartFile>> create(FileSystem& files, const std::string& folder,
                                                  std::uint64_t size_bytes);

  Result<void> write(ByteView bytes);  // errors: NoSpace
  std::uint64_t size_bytes() const { return written_bytes_ + buffered_bytes_; }
  /// Writes the rest. The file may then be synced and named.
  Result<File*> finish();
  /// A name for what was written, in hex: equal bytes give equal tags.
  std::string etag() const;

 private:
  explicit PartFile(std::unique_ptr<File> file);
  Result<void> flush();

  std::unique_ptr<File> file_;
  AlignedBuffer buffer_;
  std::size_t buffered_bytes_ = 0;
  std::uint64_t written_bytes_ = 0;
  Bytes checksums_;  // of each buffer's bytes, 8 bytes each
};

}  // namespace granary::store
