// Writing a dedupe answer into one string of the length that it will have.
#include "api/xet/shard_writer.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <span>

#include "api/xet/shard_format.h"
#include "base/bytes.h"
#include "base/env.h"

namespace granary::api::xet {
namespace {

constexpr std::uint64_t kFooterSizeBytes = 200;
constexpr std::uint64_t kFooterVersion = 1;

static_assert(std::endian::native == std::endian::little, "numbers are written as they lie");

class ShardText {
 public:
  explicit ShardText(std::size_t size_bytes) { text_.reserve(size_bytes); }

  void put(ByteView bytes) { text_.append(as_text(bytes)); }
  void put_u32(std::uint32_t value) { put(std::as_bytes(std::span(&value, 1))); }
  void put_u64(std::uint64_t value) { put(std::as_bytes(std::span(&value, 1))); }
  void put_zeros(std::size_t count) { text_.append(count, '\0'); }
  void put_bookend() {
    text_.append(32, '\xFF');
    put_zeros(16);
  }

  std::uint64_t size_bytes() const { return text_.size(); }
  std::string take() && { return std::move(text_); }

 private:
  std::string text_;
};

std::size_t size_of(const service::DedupeAnswer& answer) {
  std::size_t record_count = 3 + answer.xorbs.size();  // header and two bookends
  for (const auto& xorb : answer.xorbs) record_count += xorb.chunks.size();
  return record_count * kShardRecordSizeBytes + kFooterSizeBytes;
}

void put_xorb(ShardText& out, const service::DedupeXorb& xorb) {
  out.put(xorb.hash.view());
  out.put_u32(0);  // flags
  out.put_u32(static_cast<std::uint32_t>(xorb.chunks.size()));
  out.put_u32(xorb.size_bytes);
  out.put_u32(xorb.size_bytes);  // stored: how is nobody's business
  for (const auto& chunk : xorb.chunks) {
    out.put(chunk.keyed_hash.view());
    out.put_u32(chunk.start_bytes);
    out.put_u32(chunk.size_bytes);
    out.put_zeros(8);
  }
}

std::uint64_t seconds_of(WallTime time) {
  using std::chrono::seconds;
  const auto since = std::chrono::floor<seconds>(time.time_since_epoch());
  return static_cast<std::uint64_t>(std::max<seconds::rep>(since.count(), 0));
}

void put_footer(ShardText& out, const service::DedupeAnswer& answer, std::uint64_t xorbs_offset) {
  const std::uint64_t footer_offset = out.size_bytes();
  std::uint64_t original_size_bytes = 0;
  for (const auto& xorb : answer.xorbs) original_size_bytes += xorb.size_bytes;
  out.put_u64(kFooterVersion);
  out.put_u64(kShardRecordSizeBytes);  // where the files begin
  out.put_u64(xorbs_offset);
  for (int table = 0; table < 3; ++table) {  // of files, xorbs and chunks, all empty
    // Clients take the first of these for the end of the xorbs: one aborts its process at 0.
    out.put_u64(footer_offset);
    out.put_u64(0);
  }
  out.put(std::as_bytes(std::span(answer.key)));
  out.put_u64(0);  // when it was made: no client asks
  out.put_u64(seconds_of(answer.key_expires));
  out.put_zeros(48);
  out.put_u64(original_size_bytes);  // on disk
  out.put_u64(0);                    // of files
  out.put_u64(original_size_bytes);
  out.put_u64(footer_offset);
}

}  // namespace

std::string write_dedupe_shard(const service::DedupeAnswer& answer) {
  const std::size_t size_bytes = size_of(answer);
  ShardText out(size_bytes);
  out.put(std::as_bytes(std::span(kShardTag)));
  out.put_u64(kShardVersion);
  out.put_u64(kFooterSizeBytes);
  out.put_bookend();
  const std::uint64_t xorbs_offset = out.size_bytes();
  for (const auto& xorb : answer.xorbs) put_xorb(out, xorb);
  out.put_bookend();
  put_footer(out, answer, xorbs_offset);
  GRANARY_ASSERT(out.size_bytes() == size_bytes);
  return std::move(out).take();
}

}  // namespace granary::api::xet
