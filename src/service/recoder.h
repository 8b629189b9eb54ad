// The recoder: looks at each stored xorb once, and gives those that gain by it a better coding.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "meta/meta_store.h"
#include "service/base_finder.h"
#include "store/store.h"

namespace granary::service {

/// Where it stands is kept with the xorbs, so that it goes on where it was after a restart. Used by
/// one thread at a time; the counters may be read by any.
class Recoder {
 public:
  /// Both borrowed.
  Recoder(meta::MetaStore& facts, store::Store& store)
      : codings_(facts.codings()), store_(store), bases_(facts, store) {}

  /// Looks at the next xorb. False: there is none for now. A xorb that cannot be recoded is logged
  /// and left until the next start. Errors: Unavailable when told to stop, or writes are refused;
  /// NoSpace.
  Result<bool> step(const store::RecodeOptions& options);
  /// Makes the steps that follow look for new bases, where models have changed.
  Result<void> look_again();
  /// Removes the objects that were replaced. Errors: Unavailable.
  Result<void> clean();

  struct Counters {
    std::atomic<std::uint64_t> xorbs = 0;  // looked at
    std::atomic<std::uint64_t> recoded_xorbs = 0;  // of those
    std::atomic<std::uint64_t> saved_size_bytes = 0;  // by recoding
    std::atomic<std::uint64_t> failures = 0;  // xorbs left as they are because of an error
  };
  const Counters& counters() const { return counters_; }

 private:
  struct Next {
    meta::Xorb xorb;
    bool is_seen = false;  // coded as well as can be alone
  };
  Result<std::optional<Next>> next();
  Result<store::Recoded> recode(const Next& next, store::RecodeOptions options);

  meta::CodingStore& codings_;
  store::Store& store_;
  BaseFinder bases_;
  meta::XorbId last_;
  meta::XorbId last_seen_;
  Counters counters_;
};

}  // namespace granary::service
