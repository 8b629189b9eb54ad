// Buffering and checksums of a part.
#include "store/part_file.h"

#include <algorithm>
#include <cstring>

#include "base/limits.h"
#include "codec/block_checksum.h"

namespace granary::store {
namespace {

constexpr std::size_t kBufferSizeBytes = limits::kMiB;

}  // namespace

PartFile::PartFile(std::unique_ptr<File> file)
    : file_(std::move(file)), buffer_(kBufferSizeBytes) {}

Result<std::unique_ptr<PartFile>> PartFile::create(FileSystem& files, const std::string& folder,
                                                   std::uint64_t size_bytes) {
  TRY(auto file, files.create_unnamed(folder));
  TRY_DONE(file->reserve(size_bytes));
  return std::unique_ptr<PartFile>(new PartFile(std::move(file)));
}

Result<void> PartFile::write(ByteView bytes) {
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.size(), kBufferSizeBytes - buffered_bytes_);
    std::memcpy(buffer_.data() + buffered_bytes_, bytes.data(), size);
    buffered_bytes_ += size;
    bytes = bytes.subspan(size);
    if (buffered_bytes_ == kBufferSizeBytes) TRY_DONE(flush());
  }
  return {};
}

Result<File*> PartFile::finish() {
  TRY_DONE(flush());
  return file_.get();
}

std::string PartFile::etag() const {
  Bytes tag;
  put_u64(tag, codec::block_checksum(checksums_));
  put_u64(tag, written_bytes_);
  return to_hex(tag);
}

Result<void> PartFile::flush() {
  if (buffered_bytes_ == 0) return {};
  const ByteView bytes = buffer_.view(0, buffered_bytes_);
  put_u64(checksums_, codec::block_checksum(bytes));
  TRY_DONE(file_->write_at(written_bytes_, bytes));
  written_bytes_ += bytes.size();
  buffered_bytes_ = 0;
  return {};
}

}  // namespace granary::store
