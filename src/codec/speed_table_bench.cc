// The best of some passes stands for each speed, in CPU time: what else the machine does only slows
// them.
#include "codec/speed_table_bench.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <utility>

namespace granary::codec {
namespace {

constexpr double kLeastSeconds = 0.15;
constexpr int kLeastPasses = 3;

double cpu_seconds() {
  std::timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double best_seconds(const std::function<void()>& pass) {
  double best = 1e9;
  double total = 0;
  for (int passes = 0; passes < kLeastPasses || total < kLeastSeconds; ++passes) {
    const double start = cpu_seconds();
    pass();
    const double took = cpu_seconds() - start;
    best = std::min(best, took);
    total += took;
  }
  return best;
}

}  // namespace

SpeedTable::SpeedTable(std::string only) : only_(std::move(only)) {
  std::printf("%-16s %-16s %9s %12s %12s\n", "data", "codec", "ratio", "encode-GB/s",
              "decode-GB/s");
}

void SpeedTable::add(std::string_view data, const Method& method,
                     const std::vector<Bytes>& blocks) {
  std::size_t size = 0, coded_size = 0, size_max = 0;
  std::vector<Bytes> coded;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const ByteView bytes = method.encode(i);
    coded.emplace_back(bytes.begin(), bytes.end());
    size += blocks[i].size();
    coded_size += coded[i].size();
    size_max = std::max(size_max, blocks[i].size());
  }
  Bytes room(size_max);
  const auto decode = [&](std::size_t i) {
    const auto out = std::span(room).first(blocks[i].size());
    method.decode(i, coded[i], out);
    return out;
  };
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (std::ranges::equal(decode(i), blocks[i])) continue;
    std::fprintf(stderr, "%s gives other bytes back\n", method.name.c_str());
    std::exit(1);
  }
  const double encode_seconds = best_seconds([&] {
    for (std::size_t i = 0; i < blocks.size(); ++i) method.encode(i);
  });
  const double decode_seconds = best_seconds([&] {
    for (std::size_t i = 0; i < blocks.size(); ++i) decode(i);
  });
  const double gigabytes = static_cast<double>(size) / 1e9;
  std::printf("%-16s %-16s %9.3f %12.2f %12.2f\n", std::string(data).c_str(), method.name.c_str(),
              static_cast<double>(size) / static_cast<double>(coded_size),
              gigabytes / encode_seconds, gigabytes / decode_seconds);
  std::fflush(stdout);
}

}  // namespace granary::codec
