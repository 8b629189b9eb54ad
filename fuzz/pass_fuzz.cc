// Passes: what parses reads the same when signed again, and nothing is believed unsigned.
#include "service/passes.h"

using namespace granary;
using namespace granary::service;

namespace {

class Epoch final : public Clock {
 public:
  WallTime wall_now() override { return {}; }
  SteadyTime steady_now() override { return {}; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Epoch clock;
  static const PassSigner signer(Bytes(32, std::byte{7}), clock);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = parse_pass(text);
  if (!parsed) return 0;
  GRANARY_ASSERT(!signer.check(text, parsed->use));
  const auto again = parse_pass(signer.sign(*parsed));
  GRANARY_ASSERT(again && *again == *parsed);
  return 0;
}
