// From hook to xorb to chunk list.
#include "store/known_chunks.h"

#include <array>

#include "base/limits.h"
#include "base/log.h"
#include "store/xorb_reader.h"

namespace granary::store {
namespace {

Result<std::shared_ptr<const KnownXorb>> load(object::ObjectStore& objects,
                                              const meta::Xorb& xorb) {
  TRY(auto object, objects.open({.hash = xorb.hash, .generation = xorb.generation}));
  TRY(const auto reader, XorbReader::open(std::move(object), xorb.hash));
  TRY(auto chunks, reader->read_chunks());
  return std::make_shared<const KnownXorb>(KnownXorb{xorb.id, ChunkList(std::move(chunks))});
}

}  // namespace

KnownXorbs::KnownXorbs(object::ObjectStore& objects, meta::ContentStore& content)
    : objects_(objects), content_(content), cache_(limits::kKnownXorbsMax) {}

std::vector<std::shared_ptr<const KnownXorb>> KnownXorbs::find(const ChunkHash& hook) {
  std::vector<std::shared_ptr<const KnownXorb>> found;
  const auto xorbs = content_.find_hooks(std::array{hook});
  if (!xorbs) {
    log::warn("no dedupe for a chunk", {{"why", xorbs.error().message}});
    return found;
  }
  for (const meta::Xorb& xorb : *xorbs) {
    if (found.size() == limits::kKnownXorbsPerIngestMax) break;
    if (auto known = cache_.find(xorb.id)) {
      found.push_back(std::move(known));
      continue;
    }
    auto loaded = load(objects_, xorb);
    if (loaded) found.push_back(cache_.add(xorb.id, *std::move(loaded)));
    else log::error("xorb unreadable", {{"xorb", xorb.hash.to_string()},
                                        {"why", loaded.error().message}});
  }
  return found;
}

}  // namespace granary::store
