// One run: lives of a machine that end by power cuts, kills and failed syncs, each moment of which
// is tried as the moment of a power cut.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/sim_env.h"
#include "workload.h"

namespace granary::crash {

struct RunOptions {
  std::uint64_t seed = 1;
  std::vector<Step> steps;
  const PlantedBug* bug = nullptr;
  unsigned cuts_per_boundary = 1;
  unsigned boundaries_per_cut =
      3;  // above 1: a random choice of boundaries, but each end of a step
  bool is_blank = false;  // begins before Granary ever ran, not with the first disk
  bool faults = true;     // lives may be killed, syncs fail, the disk be full
};

struct RunResult {
  std::uint64_t cut_count = 0;
  std::uint64_t trace = 0;  // equal for equal options
  std::string failure;  // empty: everything held
};

/// The disk that every run begins with.
class FirstDisk {
 public:
  FirstDisk() : files_(make_first_disk(clock_, oracle_)) {}
  std::unique_ptr<SimFileSystem> copy() const { return files_->crash(0); }  // all is synced
  const Oracle& oracle() const { return oracle_; }
  SimClock& clock() { return clock_; }

 private:
  SimClock clock_;
  Oracle oracle_;
  std::unique_ptr<SimFileSystem> files_;
};

RunResult run(FirstDisk& first, const RunOptions& options);

}  // namespace granary::crash
