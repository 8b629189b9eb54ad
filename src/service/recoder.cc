// One xorb a step, in the order in which they were stored.
#include "service/recoder.h"

#include "base/log.h"

namespace granary::service {
namespace {

// A higher one makes the recoder look at every xorb again: to be raised when the codecs, or the
// choice among them, have become better. One less: coded as well as can be alone, and to be looked
// at for bases again. So it goes up by two, for what was at either.
constexpr std::uint32_t kPolicy = 6;

bool concerns_one_xorb(ErrorKind kind) {
  return kind != ErrorKind::Unavailable && kind != ErrorKind::NoSpace;
}

}  // namespace

Result<std::optional<Recoder::Next>> Recoder::next() {
  TRY(const auto fresh, codings_.list_below(kPolicy - 1, last_, 1));
  if (!fresh.empty()) {
    last_ = fresh.front().id;
    return Next{.xorb = fresh.front()};
  }
  TRY(const auto seen, codings_.list_at(kPolicy - 1, last_seen_, 1));
  if (seen.empty()) return std::optional<Next>();
  last_seen_ = seen.front().id;
  return Next{.xorb = seen.front(), .is_seen = true};
}

Result<store::Recoded> Recoder::recode(const Next& next, store::RecodeOptions options) {
  options.policy = kPolicy;
  options.bases_only = next.is_seen;
  if (options.look_only) return store_.recode(next.xorb, options);
  TRY(const auto bases, codings_.bases_of(next.xorb.id));
  if (!bases.empty()) {
    // A base that may no longer be one, since its repo is private now, is left at any cost.
    TRY(options.look_only, bases_.may_keep(next.xorb, bases));
    options.whatever_size = !options.look_only;
  }
  if (!options.look_only) {
    TRY(options.relations, bases_.find(next.xorb));
  }
  return store_.recode(next.xorb, options);
}

Result<bool> Recoder::step(const store::RecodeOptions& options) {
  TRY(const auto next, this->next());
  if (!next) return false;
  const meta::Xorb& xorb = next->xorb;
  const auto recoded = recode(*next, options);
  if (!recoded && !concerns_one_xorb(recoded.error().kind)) {
    last_ = last_seen_ = {};
    return tl::unexpected(recoded.error());
  }
  ++counters_.xorbs;
  if (!recoded) {
    ++counters_.failures;
    log::error("xorb not recoded",
               {{"xorb", xorb.hash.to_string()}, {"why", recoded.error().message}});
    return true;
  }
  if (recoded->is_swapped) {
    ++counters_.recoded_xorbs;
    counters_.saved_size_bytes += recoded->saved_size_bytes;
    log::debug("xorb recoded", {{"xorb", xorb.hash.to_string()},
                                {"bytes", recoded->size_bytes},
                                {"saved", recoded->saved_size_bytes}});
  }
  return true;
}

Result<void> Recoder::look_again() {
  TRY(const std::uint64_t count, codings_.look_again(kPolicy - 1));
  if (count > 0) last_seen_ = {};
  return {};
}

Result<void> Recoder::clean() {
  while (true) {
    TRY(const std::size_t removed, store_.remove_replaced());
    if (removed == 0) return {};
  }
}

}  // namespace granary::service
