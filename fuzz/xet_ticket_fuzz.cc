// Xet tickets and passes of xorbs: what parses reads the same when signed again.
#include "service/xet_tickets.h"

using namespace granary;
using namespace granary::service;

namespace {

class Epoch final : public Clock {
 public:
  WallTime wall_now() override { return {}; }
  SteadyTime steady_now() override { return {}; }
};

/// Without the last dot and the signature behind it.
std::string unsigned_text(const std::string& text) { return text.substr(0, text.rfind('.')); }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Epoch clock;
  static const XetSigner signer(Bytes(32, std::byte{7}), clock);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  GRANARY_ASSERT(!signer.check_ticket(text, XetUse::Read) && !signer.check_pass(text));
  if (const auto ticket = parse_xet_ticket(text)) {
    const auto again = parse_xet_ticket(unsigned_text(signer.sign(*ticket)));
    GRANARY_ASSERT(again && *again == *ticket);
  }
  if (const auto pass = parse_xorb_pass(text)) {
    const auto again = parse_xorb_pass(unsigned_text(signer.sign(*pass)));
    GRANARY_ASSERT(again && *again == *pass);
  }
  return 0;
}
