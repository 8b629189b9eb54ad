// The text that a scraper reads.
#include "server/metrics.h"

#include <gtest/gtest.h>

namespace granary::server {
namespace {

TEST(Metrics, CountsRequestsByClassAndTimesCumulatively) {
  net::Counters counters;
  counters.requests_by_class[2] = 7;
  RequestTimes times;
  times.record(std::chrono::microseconds(50));
  times.record(std::chrono::milliseconds(3));
  times.record(std::chrono::hours(1));
  service::Recoder::Counters recoder;
  recoder.saved_size_bytes = 4;
  meta::Usage usage{.stored_size_bytes = 8};
  usage.shares.push_back({.codec = 1, .size_bytes = 20, .coded_size_bytes = 6});
  const std::string text = render_metrics({.connections = counters,
                                           .times = times,
                                           .facts = {.transactions = 5},
                                           .usage = usage,
                                           .recoder = recoder,
                                           .free_bytes = 9});
  EXPECT_NE(text.find("granary_requests_total{class=\"2xx\"} 7"), std::string::npos) << text;
  EXPECT_NE(text.find("granary_request_seconds_bucket{le=\"0.0001\"} 1"), std::string::npos);
  EXPECT_NE(text.find("granary_request_seconds_bucket{le=\"0.005\"} 2"), std::string::npos);
  EXPECT_NE(text.find("granary_request_seconds_bucket{le=\"+Inf\"} 3"), std::string::npos);
  EXPECT_NE(text.find("granary_meta_transactions_total 5"), std::string::npos);
  EXPECT_NE(text.find("granary_accepts_writes 1"), std::string::npos);
  EXPECT_NE(text.find("granary_stored_bytes 8"), std::string::npos);
  EXPECT_NE(text.find("granary_codec_coded_bytes{codec=\"zstd\"} 6"), std::string::npos) << text;
  EXPECT_NE(text.find("granary_recoder_saved_bytes_total 4"), std::string::npos);
}

}  // namespace
}  // namespace granary::server
