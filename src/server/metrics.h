// What /metrics says, in Prometheus' text form.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "meta/meta_store.h"
#include "net/counters.h"
#include "service/recoder.h"

namespace granary::server {

/// Times of finished requests, in buckets. Any thread may record.
class RequestTimes {
 public:
  /// Upper bounds in seconds; one more bucket takes the rest.
  static constexpr std::array<double, 9> kBounds{0.0001, 0.001, 0.005, 0.025, 0.1, 0.5, 2, 10, 60};

  void record(std::chrono::nanoseconds duration);

  std::array<std::atomic<std::uint64_t>, kBounds.size() + 1> counts{};
  std::atomic<std::uint64_t> sum_nanoseconds = 0;
};

struct MetricsInput {
  const net::Counters& connections;
  const RequestTimes& times;
  meta::MetaStore::Counters facts;
  meta::Usage usage;
  const service::Recoder::Counters& recoder;
  std::uint64_t free_bytes = 0;  // on the data folder's file system
  bool accepts_writes = true;
};

/// text/plain; version=0.0.4.
std::string render_metrics(const MetricsInput& input);

}  // namespace granary::server
