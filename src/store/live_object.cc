// The facts lead to an object; a recode swaps it, and removes the old one.
#include "store/live_object.h"

#include <string>

namespace granary::store {

Result<std::shared_ptr<const object::ObjectReader>> open_live(object::ObjectStore& objects,
                                                              meta::ContentStore& content,
                                                              meta::Xorb& facts) {
  while (true) {
    auto object = objects.open({.hash = facts.hash, .generation = facts.generation});
    if (object || object.error().kind != ErrorKind::NotFound) return object;
    TRY(const meta::Xorb now, content.read_xorb(facts.id));
    // Each turn sees a later generation, and a xorb is recoded a few times in its life.
    if (now.generation == facts.generation) break;
    facts = now;
  }
  return fail(ErrorKind::Corrupt, "the object of xorb " + facts.hash.to_string() + " is missing");
}

}  // namespace granary::store
