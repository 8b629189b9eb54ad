// One xorb a step, in the order in which they were stored.
#include "service/recoder.h"

#include "base/log.h"

namespace granary::service {
namespace {

// A higher one makes the recoder look at every xorb again: to be raised when the codecs, or the
// choice among them, have become better.
constexpr std::uint32_t kPolicy = 1;

bool concerns_one_xorb(ErrorKind kind) {
  return kind != ErrorKind::Unavailable && kind != ErrorKind::NoSpace;
}

}  // namespace

Result<bool> Recoder::step(store::RecodeOptions options) {
  TRY(const auto next, codings_.list_below(kPolicy, last_, 1));
  if (next.empty()) return false;
  const meta::Xorb& xorb = next.front();
  options.policy = kPolicy;
  const auto recoded = store_.recode(xorb, options);
  if (!recoded && !concerns_one_xorb(recoded.error().kind)) {
    return tl::unexpected(recoded.error());
  }
  last_ = xorb.id;
  ++counters_.xorbs;
  if (!recoded) {
    ++counters_.failures;
    log::error("xorb not recoded",
               {{"xorb", xorb.hash.to_string()}, {"why", recoded.error().message}});
    return true;
  }
  if (recoded->saved_size_bytes > 0) {
    ++counters_.recoded_xorbs;
    counters_.saved_size_bytes += recoded->saved_size_bytes;
    log::debug("xorb recoded", {{"xorb", xorb.hash.to_string()},
                                {"bytes", recoded->size_bytes},
                                {"saved", recoded->saved_size_bytes}});
  }
  return true;
}

Result<void> Recoder::clean() {
  while (true) {
    TRY(const std::size_t removed, store_.remove_replaced());
    if (removed == 0) return {};
  }
}

}  // namespace granary::service
