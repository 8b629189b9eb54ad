// From sealed objects to named ones.
#include "store/sealed_xorb.h"

#include <vector>

namespace granary::store {

Result<void> publish_xorbs(object::ObjectStore& objects, meta::ContentStore& content,
                           std::span<SealedXorb> xorbs, meta::NewContent& out) {
  std::vector<object::Publication> together;
  for (SealedXorb& xorb : xorbs) {
    TRY(xorb.facts.generation, content.next_generation(xorb.facts.hash));
    together.push_back(
        {xorb.object.get(), {.hash = xorb.facts.hash, .generation = xorb.facts.generation}});
  }
  TRY_DONE(objects.publish_all(together));
  for (SealedXorb& xorb : xorbs) {
    // An object that was there already stays, and may be coded otherwise.
    TRY(const auto object,
        objects.open({.hash = xorb.facts.hash, .generation = xorb.facts.generation}));
    xorb.facts.stored_size_bytes = object->size_bytes();
    out.xorbs.push_back(xorb.facts);
  }
  return {};
}

}  // namespace granary::store
