// How many uploads are under way, and whether there are cores to code what comes in.
#pragma once

#include <memory>
#include <thread>

#include "base/limits.h"
#include "store/xorb_writer.h"

namespace granary::store {

/// Held by an upload while it lasts.
struct Intake {
  Coding coding;
  codec::ScratchPool& scratches;
  std::shared_ptr<const int> under_way;

  XorbWriter writer(std::unique_ptr<object::ObjectWriter> object) const {
    return {std::move(object), coding, scratches};
  }
};

/// Thread-safe.
class Intakes {
 public:
  /// `scratches` is borrowed.
  Intakes(bool code, codec::ScratchPool& scratches) : code_(code), scratches_(scratches) {}

  /// Above a few uploads per core, what comes in is left raw, and to the recoder.
  Intake start() const {
    static const auto core_count = static_cast<long>(std::thread::hardware_concurrency());
    const long count_max = limits::kCodedIntakesPerCoreMax * core_count;
    const bool code = code_ && under_way_.use_count() <= count_max;
    return {.coding = code ? Coding::Best : Coding::None,
            .scratches = scratches_,
            .under_way = under_way_};
  }

 private:
  bool code_;
  codec::ScratchPool& scratches_;
  std::shared_ptr<const int> under_way_ = std::make_shared<const int>();  // counts its holders
};

}  // namespace granary::store
