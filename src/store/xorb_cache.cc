// Opening xorbs by their facts, and remembering what was opened, checked and decoded.
#include "store/xorb_cache.h"

#include <algorithm>
#include <cstring>

#include "base/limits.h"
#include "codec/based_block.h"
#include "store/live_object.h"

namespace granary::store {

XorbCache::XorbCache(object::ObjectStore& objects, meta::ContentStore& content,
                     meta::CodingStore& codings, codec::ScratchPool& scratches)
    : objects_(objects),
      content_(content),
      codings_(codings),
      scratches_(scratches),
      open_(limits::kOpenXorbsMax),
      verified_(limits::kVerifiedXorbsMax),
      decoded_(limits::kDecodedBlocksMax),
      ids_(limits::kOpenXorbsMax) {}

Result<std::shared_ptr<const OpenXorb>> XorbCache::open(meta::XorbId id) {
  if (auto xorb = open_.find(id)) return xorb;
  TRY(meta::Xorb facts, content_.read_xorb(id));
  TRY(auto object, open_live(objects_, content_, facts));
  TRY(auto reader, XorbReader::open(std::move(object), facts.hash));
  if (reader->trailer().size_bytes != facts.size_bytes) {
    return fail(ErrorKind::Corrupt, "xorb " + facts.hash.to_string() + " is of another size");
  }
  const ObjectKey key{id, facts.generation};
  auto verified = verified_.find(key);
  if (!verified) verified = verified_.add(key, std::make_shared<VerifiedBlocks>());
  return open_.add(
      id, std::make_shared<const OpenXorb>(OpenXorb{std::move(reader), std::move(verified)}));
}

Result<std::shared_ptr<const Bytes>> XorbCache::read(const OpenXorb& xorb, std::size_t block) {
  auto bytes = buffers_.take(block_size_bytes(xorb.reader->trailer(), block));
  TRY_DONE(xorb.reader->read_block(block, *bytes, decoding()));
  return std::shared_ptr<const Bytes>(std::move(bytes));
}

Result<std::shared_ptr<const Bytes>> XorbCache::decoded(meta::XorbId id, const OpenXorb& xorb,
                                                        std::size_t block) {
  const BlockKey key{id, block};
  if (auto bytes = decoded_.find(key)) return bytes;
  TRY(auto bytes, read(xorb, block));
  return decoded_.add(key, std::move(bytes));
}

Result<meta::XorbId> XorbCache::id_of(const XorbHash& hash) {
  if (const auto id = ids_.find(hash)) return *id;
  const auto xorb = codings_.find_xorb(hash);
  if (!xorb) return fail(ErrorKind::Corrupt, "a base is missing: xorb " + hash.to_string());
  return *ids_.add(hash, std::make_shared<const meta::XorbId>(xorb->id));
}

// Blocks that follow each other are wanted by blocks that do: the one on the border twice.
Result<void> XorbCache::read_base(const XorbHash& hash, std::uint64_t offset,
                                  std::span<std::byte> out) {
  TRY(const meta::XorbId id, id_of(hash));
  TRY(const auto xorb, open(id));
  const XorbTrailer& trailer = xorb->reader->trailer();
  if (offset > trailer.size_bytes || out.size() > trailer.size_bytes - offset) {
    return fail(ErrorKind::Corrupt, "a base is too short: xorb " + hash.to_string());
  }
  while (!out.empty()) {
    const auto block = static_cast<std::size_t>(offset / limits::kBlockSizeBytes);
    if (codec::needs_base(xorb->reader->blocks()[block].codec)) {
      return fail(ErrorKind::Corrupt, "a base that needs a base: xorb " + hash.to_string());
    }
    TRY(const auto bytes, decoded(id, *xorb, block));
    const ByteView rest = ByteView(*bytes).subspan(offset % limits::kBlockSizeBytes);
    const std::size_t part = std::min(rest.size(), out.size());
    std::memcpy(out.data(), rest.data(), part);
    out = out.subspan(part);
    offset += part;
  }
  return {};
}

}  // namespace granary::store
