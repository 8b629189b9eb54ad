// SimEnv: a deterministic world for tests: a clock set by hand, seeded randomness, a disk.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "base/env.h"
#include "base/sim_file_system.h"

namespace granary {

/// Stands still until told otherwise.
class SimClock final : public Clock {
 public:
  WallTime wall_now() override { return wall_; }
  SteadyTime steady_now() override { return steady_; }
  void advance(std::chrono::milliseconds by) {
    wall_ += by;
    steady_ += by;
  }
  /// A clock change by hand or by NTP: only the wall clock moves.
  void step_wall(std::chrono::milliseconds by) { wall_ += by; }

 private:
  WallTime wall_{std::chrono::milliseconds{1'795'482'123'004}};  // 2026-11-24
  SteadyTime steady_{std::chrono::hours{1}};
};

class SimRandom final : public Random {
 public:
  explicit SimRandom(std::uint64_t seed) : numbers_(seed) {}
  void fill(std::span<std::byte> out) override {
    for (std::byte& byte : out) byte = static_cast<std::byte>(numbers_.next());
  }

 private:
  SimNumbers numbers_;
};

/// One machine. The same seed and the same calls give the same bytes everywhere.
class SimEnv {
 public:
  explicit SimEnv(std::uint64_t seed)
      : seed_(seed), random_(seed), files_(std::make_unique<SimFileSystem>(clock_, seed)) {}
  SimEnv(const SimEnv&) = delete;
  SimEnv& operator=(const SimEnv&) = delete;

  SimClock& clock() { return clock_; }
  SimFileSystem& files() { return *files_; }
  Env& env() { return env_; }

  /// The machine's power fails and it starts again. Nothing made from the old env may be left.
  void crash(std::uint64_t cut_seed) {
    files_ = files_->crash(SimNumbers::mix(seed_, cut_seed));
    std::destroy_at(&env_);
    std::construct_at(&env_, clock_, random_, *files_);
  }

 private:
  std::uint64_t seed_;
  SimClock clock_;
  SimRandom random_;
  std::unique_ptr<SimFileSystem> files_;
  Env env_{clock_, random_, *files_};
};

}  // namespace granary
