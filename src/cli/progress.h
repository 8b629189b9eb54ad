// A progress bar of real bytes with rate and time left, on standard error; silent if no terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace granary::cli {

/// Redraws at most ten times a second. The bar is erased when the object goes.
class ProgressBar {
 public:
  ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();

  /// `total` 0: unknown. A new `phase` starts the clock of the rate again.
  void update(const std::string& phase, std::uint64_t done_bytes, std::uint64_t total_bytes);

 private:
  using Time = std::chrono::steady_clock::time_point;
  const bool visible_;
  std::string phase_;
  std::uint64_t first_bytes_ = 0;
  Time phase_start_{};
  Time drawn_{};
};

/// One line of a bar, at most `columns` wide: "reading  [####    ]  52%  1.2 GiB / 2.3 GiB  …".
std::string render_progress(const std::string& phase, std::uint64_t done_bytes,
                            std::uint64_t total_bytes, double bytes_per_second,
                            std::size_t columns);

}  // namespace granary::cli
