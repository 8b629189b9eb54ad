// One key signs tokens and fetch URLs.
#include "service/xet.h"

#include "service/signed_fields.h"

namespace granary::service {

Result<std::unique_ptr<Xet>> Xet::create(const Needs& needs, meta::DedupeScope scope) {
  TRY(auto key, read_signing_key(needs.env.random, needs.facts.accounts()));
  const XetSigner signer(std::move(key), needs.env.clock);
  return std::unique_ptr<Xet>(
      new Xet{.tokens = {needs.access, needs.facts, signer, needs.env.clock},
              .downloads = {needs.facts, needs.store, signer, needs.env.clock},
              .uploads = {{needs.env, needs.access, needs.facts, needs.store}, scope},
              .dedupe = {{needs.env, needs.access, needs.facts, needs.store}, scope}});
}

}  // namespace granary::service
