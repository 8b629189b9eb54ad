// From hook to xorb to chunk list.
#include "store/known_chunks.h"

#include <array>

#include "base/limits.h"
#include "base/log.h"
#include "store/live_object.h"
#include "store/xorb_reader.h"

namespace granary::store {
KnownXorbs::KnownXorbs(object::ObjectStore& objects, meta::ContentStore& content)
    : objects_(objects), content_(content), cache_(limits::kKnownXorbsMax) {}

std::vector<std::shared_ptr<const KnownXorb>> KnownXorbs::find(const ChunkHash& hook,
                                                               const meta::XorbScope* scope) {
  std::vector<std::shared_ptr<const KnownXorb>> found;
  const auto xorbs = content_.find_hooks(std::array{hook}, scope);
  if (!xorbs) {
    log::warn("no dedupe for a chunk", {{"why", xorbs.error().message}});
    return found;
  }
  for (const meta::Xorb& xorb : *xorbs) {
    if (found.size() == limits::kKnownXorbsPerIngestMax) break;
    auto known = load(xorb);
    if (known)
      found.push_back(*std::move(known));
    else
      log::error("xorb unreadable",
                 {{"xorb", xorb.hash.to_string()}, {"why", known.error().message}});
  }
  return found;
}

Result<std::shared_ptr<const KnownXorb>> KnownXorbs::load(const meta::Xorb& xorb) {
  if (auto known = cache_.find(xorb.id)) return known;
  meta::Xorb facts = xorb;
  TRY(auto object, open_live(objects_, content_, facts));
  TRY(const auto reader, XorbReader::open(std::move(object), xorb.hash));
  TRY(auto chunks, reader->read_chunks());
  return cache_.add(
      xorb.id, std::make_shared<const KnownXorb>(KnownXorb{xorb.id, ChunkList(std::move(chunks))}));
}

}  // namespace granary::store
