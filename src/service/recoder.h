// The recoder: looks at each stored xorb once, and gives those that gain by it a better coding.
#pragma once

#include <atomic>
#include <cstdint>

#include "meta/coding_store.h"
#include "store/store.h"

namespace granary::service {

/// Where it stands is kept with the xorbs, so that it goes on where it was after a restart. Used by
/// one thread at a time; the counters may be read by any.
class Recoder {
 public:
  Recoder(meta::CodingStore& codings, store::Store& store) : codings_(codings), store_(store) {}

  /// Looks at the next xorb. False: there is none for now. A xorb that cannot be recoded is logged
  /// and left until the next start. Errors: Unavailable when told to stop, or writes are refused;
  /// NoSpace.
  Result<bool> step(store::RecodeOptions options);
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
  meta::CodingStore& codings_;
  store::Store& store_;
  meta::XorbId last_;
  Counters counters_;
};

}  // namespace granary::service
