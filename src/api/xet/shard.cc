// Reading a shard record by record; every count is held against the bytes that remain.
#include "api/xet/shard.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "api/xet/shard_format.h"
#include "base/limits.h"

namespace granary::api::xet {
namespace {

constexpr std::uint32_t kHasRangeHashes = 1U << 31;
constexpr std::uint32_t kHasSha256 = 1U << 30;

tl::unexpected<Error> invalid(std::string_view what) {
  return fail(ErrorKind::Invalid, "the shard " + std::string(what));
}

/// The unit of a shard: 32 bytes, mostly a hash, and four numbers.
class Record {
 public:
  explicit Record(ByteView bytes) : bytes_(bytes) {}

  ByteView key() const { return bytes_.first(32); }
  template <class Hash>
  Hash hash() const {
    Hash hash;
    std::memcpy(hash.bytes.data(), bytes_.data(), Hash::kSizeBytes);
    return hash;
  }
  /// A SHA-256 is stored as if its hex were the string form of a Xet hash.
  Sha256 sha256() const {
    Sha256 digest;
    for (std::size_t i = 0; i < 32; ++i) digest.bytes[i] = bytes_[i / 8 * 8 + 7 - i % 8];
    return digest;
  }
  std::uint32_t number(std::size_t index) const { return load_u32(&bytes_[32 + 4 * index]); }
  bool is_bookend() const {
    return std::ranges::all_of(key(), [](std::byte byte) { return byte == std::byte{0xFF}; });
  }

 private:
  ByteView bytes_;  // of the shard that is being parsed
};

class RecordReader {
 public:
  explicit RecordReader(ByteView bytes) : bytes_(bytes) {}

  Result<Record> next() {
    TRY_DONE(require(1));
    const Record record(bytes_.first(kShardRecordSizeBytes));
    bytes_ = bytes_.subspan(kShardRecordSizeBytes);
    return record;
  }
  /// Errors: Invalid unless `count` records follow. To be asked before making room for them.
  Result<void> require(std::uint64_t count) const {
    if (count > bytes_.size() / kShardRecordSizeBytes) return invalid("is shorter than it says");
    return {};
  }

 private:
  ByteView bytes_;
};

Result<void> check_header(const Record& header) {
  if (std::memcmp(header.key().data(), kShardTag.data(), kShardTag.size()) != 0) {
    return invalid("does not begin as one");
  }
  if (header.number(0) != kShardVersion || header.number(1) != 0) {
    return invalid("is of version " + std::to_string(header.number(0)) + ", not 2");
  }
  return {};
}

Result<ShardTerm> parse_term(const Record& record) {
  ShardTerm term{.xorb = record.hash<XorbHash>(),
                 .size_bytes = record.number(1),
                 .chunk_start = record.number(2),
                 .chunk_end = record.number(3)};
  if (term.chunk_start >= term.chunk_end || term.chunk_end > limits::kXorbChunkCountMax ||
      term.size_bytes == 0) {
    return invalid("has a term of an impossible range of chunks");
  }
  return term;
}

Result<ShardFile> parse_file(const Record& header, RecordReader& records) {
  ShardFile file{.hash = header.hash<FileHash>()};
  const std::uint32_t flags = header.number(0);
  const std::uint32_t term_count = header.number(1);
  if ((flags & ~(kHasRangeHashes | kHasSha256)) != 0) {
    return invalid("has a file with flags that this server does not know");
  }
  const bool has_range_hashes = (flags & kHasRangeHashes) != 0;
  if (term_count > 0 && !has_range_hashes) {
    return invalid("has a file without range hashes: " + file.hash.to_string());
  }
  TRY_DONE(records.require(std::uint64_t{term_count} * (has_range_hashes ? 2 : 1)));
  file.terms.reserve(term_count);
  for (std::uint32_t index = 0; index < term_count; ++index) {
    TRY(const Record record, records.next());
    TRY(const ShardTerm term, parse_term(record));
    file.terms.push_back(term);
  }
  for (ShardTerm& term : file.terms) {
    TRY(const Record record, records.next());
    term.range_hash = record.hash<RangeHash>();
  }
  if ((flags & kHasSha256) != 0) {
    TRY(const Record record, records.next());
    file.sha256 = record.sha256();
  }
  return file;
}

Result<ShardXorb> parse_xorb(const Record& header, RecordReader& records) {
  ShardXorb xorb{.hash = header.hash<XorbHash>(), .size_bytes = header.number(2)};
  const std::uint32_t chunk_count = header.number(1);
  if (chunk_count > limits::kXorbChunkCountMax) return invalid("has a xorb of over 8192 chunks");
  TRY_DONE(records.require(chunk_count));
  xorb.chunks.reserve(chunk_count);
  for (std::uint32_t index = 0; index < chunk_count; ++index) {
    TRY(const Record record, records.next());
    xorb.chunks.push_back({.hash = record.hash<ChunkHash>(), .size_bytes = record.number(1)});
  }
  return xorb;
}

}  // namespace

Result<Shard> parse_shard(ByteView bytes) {
  if (bytes.size() > limits::kShardSizeBytesMax) {
    return fail(ErrorKind::TooLarge, "a shard of over 64 MiB");
  }
  RecordReader records(bytes);
  TRY(const Record header, records.next());
  TRY_DONE(check_header(header));
  Shard shard;
  while (true) {
    TRY(const Record record, records.next());
    if (record.is_bookend()) break;
    TRY(ShardFile file, parse_file(record, records));
    shard.files.push_back(std::move(file));
  }
  while (true) {
    TRY(const Record record, records.next());
    if (record.is_bookend()) break;
    TRY(ShardXorb xorb, parse_xorb(record, records));
    shard.xorbs.push_back(std::move(xorb));
  }
  return shard;
}

}  // namespace granary::api::xet
