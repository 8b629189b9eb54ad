// Opening xorbs by their facts, and remembering what was opened, checked and decoded.
#include "store/xorb_cache.h"

#include "base/limits.h"
#include "store/live_object.h"

namespace granary::store {

XorbCache::XorbCache(object::ObjectStore& objects, meta::ContentStore& content,
                     codec::ScratchPool& scratches)
    : objects_(objects),
      content_(content),
      scratches_(scratches),
      open_(limits::kOpenXorbsMax),
      verified_(limits::kVerifiedXorbsMax),
      decoded_(limits::kDecodedBlocksMax) {}

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

Result<std::shared_ptr<const Bytes>> XorbCache::decoded(meta::XorbId id, const OpenXorb& xorb,
                                                        std::size_t block) {
  const BlockKey key{id, block};
  if (auto bytes = decoded_.find(key)) return bytes;
  auto bytes = std::make_shared<Bytes>(block_size_bytes(xorb.reader->trailer(), block));
  TRY_DONE(xorb.reader->read_block(block, *bytes, scratches_));
  return decoded_.add(key, std::move(bytes));
}

}  // namespace granary::store
