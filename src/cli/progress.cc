// Drawing of the progress bar.
#include "cli/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "base/text.h"

namespace granary::cli {
namespace {

std::size_t terminal_columns() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

std::string format_seconds(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::min(seconds, 359999.0));
  if (whole >= 3600)
    return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace

ProgressBar::ProgressBar() : visible_(::isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
  if (visible_ && !phase_.empty()) std::fputs("\r\033[K", stderr);
}

void ProgressBar::update(const std::string& phase, std::uint64_t done_bytes,
                         std::uint64_t total_bytes) {
  if (!visible_) return;
  const Time now = std::chrono::steady_clock::now();
  if (phase != phase_) {
    phase_ = phase;
    first_bytes_ = done_bytes;
    phase_start_ = now;
  } else if (now - drawn_ < std::chrono::milliseconds(100)) {
    return;
  }
  drawn_ = now;
  const double seconds = std::chrono::duration<double>(now - phase_start_).count();
  const double moved = static_cast<double>(done_bytes - std::min(done_bytes, first_bytes_));
  const double rate = seconds > 0.2 ? moved / seconds : 0;
  const std::string line =
      render_progress(phase, done_bytes, total_bytes, rate, terminal_columns() - 1);
  fmt::print(stderr, "\r{}\033[K", line);
  std::fflush(stderr);
}

std::string render_progress(const std::string& phase, std::uint64_t done_bytes,
                            std::uint64_t total_bytes, double bytes_per_second,
                            std::size_t columns) {
  std::string tail = format_size(done_bytes);
  if (total_bytes > 0) tail += " / " + format_size(total_bytes);
  if (bytes_per_second > 0) {
    tail += fmt::format("  {}/s", format_size(static_cast<std::uint64_t>(bytes_per_second)));
    if (total_bytes > done_bytes) {
      const double left = static_cast<double>(total_bytes - done_bytes) / bytes_per_second;
      tail += "  " + format_seconds(left) + " left";
    }
  }
  std::string line = phase + "  ";
  if (total_bytes > 0) {
    const double part =
        std::min(1.0, static_cast<double>(done_bytes) / static_cast<double>(total_bytes));
    const std::size_t room = line.size() + tail.size() + 10;
    if (columns > room + 8) {
      const std::size_t width = std::min<std::size_t>(columns - room, 40);
      const auto filled = static_cast<std::size_t>(part * static_cast<double>(width));
      line += "[" + std::string(filled, '#') + std::string(width - filled, ' ') + "] ";
    }
    line += fmt::format("{:3.0f}%  ", part * 100);
  }
  line += tail;
  return line.substr(0, columns);
}

}  // namespace granary::cli
