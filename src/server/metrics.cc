// Families of metrics, made from counters at each scrape and written by prometheus-cpp.
#include "server/metrics.h"

#include <prometheus/text_serializer.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <utility>
#include <vector>

#include "server/stats.h"

namespace granary::server {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Families = std::vector<MetricFamily>;

ClientMetric counter(std::uint64_t value, std::vector<ClientMetric::Label> labels = {}) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.counter.value = static_cast<double>(value);
  return metric;
}

void add_counter(Families& families, const char* name, const char* help, std::uint64_t value) {
  families.push_back({name, help, MetricType::Counter, {counter(value)}});
}

void add_gauge(Families& families, const char* name, const char* help, double value) {
  ClientMetric metric;
  metric.gauge.value = value;
  families.push_back({name, help, MetricType::Gauge, {std::move(metric)}});
}

void add_connections(Families& families, const net::Counters& counters) {
  add_gauge(families, "granary_connections_open", "Connections open now.",
            static_cast<double>(counters.connections_open));
  add_counter(families, "granary_connections_accepted_total", "Connections accepted.",
              counters.connections_accepted);
  add_counter(families, "granary_connections_refused_total", "Connections over a cap.",
              counters.connections_refused);
  add_counter(families, "granary_connections_timed_out_total", "Connections closed as too slow.",
              counters.connections_timed_out);
  add_gauge(families, "granary_requests_active", "Requests being answered.",
            static_cast<double>(counters.requests_active));
  add_counter(families, "granary_parse_errors_total", "Malformed requests.", counters.parse_errors);
  add_counter(families, "granary_received_bytes_total", "Bytes read from connections.",
              counters.received_bytes);
  add_counter(families, "granary_sent_bytes_total", "Bytes written to connections.",
              counters.sent_bytes);
  add_counter(families, "granary_body_received_bytes_total", "Bytes of request bodies.",
              counters.body_received_bytes);
  MetricFamily requests{
      "granary_requests_total", "Requests by class of status.", MetricType::Counter, {}};
  for (std::size_t index = 1; index < counters.requests_by_class.size(); ++index) {
    requests.metric.push_back(
        counter(counters.requests_by_class[index], {{"class", std::to_string(index) + "xx"}}));
  }
  requests.metric.push_back(counter(counters.requests_by_class[0], {{"class", "cut"}}));
  families.push_back(std::move(requests));
}

void add_times(Families& families, const RequestTimes& times) {
  ClientMetric metric;
  std::uint64_t cumulative = 0;
  for (std::size_t index = 0; index < times.counts.size(); ++index) {
    cumulative += times.counts[index];
    if (index < RequestTimes::kBounds.size()) {
      metric.histogram.bucket.push_back({cumulative, RequestTimes::kBounds[index]});
    }
  }
  metric.histogram.sample_count = cumulative;
  metric.histogram.sample_sum = static_cast<double>(times.sum_nanoseconds) / 1e9;
  families.push_back({"granary_request_seconds",
                      "Time from a request's header to its last byte.",
                      MetricType::Histogram,
                      {std::move(metric)}});
}

void add_usage(Families& families, const meta::Usage& usage) {
  const auto gauge = [&](const char* name, const char* help, std::uint64_t value) {
    add_gauge(families, name, help, static_cast<double>(value));
  };
  gauge("granary_files", "Files that repositories hold.", usage.file_count);
  gauge("granary_file_bytes", "Bytes of those.", usage.file_size_bytes);
  gauge("granary_xorbs", "Xorbs stored.", usage.xorb_count);
  gauge("granary_xorb_bytes", "Original bytes of those.", usage.xorb_size_bytes);
  gauge("granary_stored_bytes", "Bytes of their objects.", usage.stored_size_bytes);
  MetricFamily original{
      "granary_codec_original_bytes", "Original bytes by codec.", MetricType::Gauge, {}};
  MetricFamily coded{"granary_codec_coded_bytes", "Coded bytes by codec.", MetricType::Gauge, {}};
  for (const meta::CodingShare& share : usage.shares) {
    const auto add = [&](MetricFamily& family, std::uint64_t value) {
      ClientMetric metric;
      metric.label = {{"codec", codec_name(share.codec)}};
      metric.gauge.value = static_cast<double>(value);
      family.metric.push_back(std::move(metric));
    };
    add(original, share.size_bytes);
    add(coded, share.coded_size_bytes);
  }
  families.push_back(std::move(original));
  families.push_back(std::move(coded));
}

void add_recoder(Families& families, const service::Recoder::Counters& recoder) {
  add_counter(families, "granary_recoder_xorbs_total", "Xorbs looked at.", recoder.xorbs);
  add_counter(families, "granary_recoder_recoded_total", "Xorbs that got a better coding.",
              recoder.recoded_xorbs);
  add_counter(families, "granary_recoder_saved_bytes_total", "Bytes saved by recoding.",
              recoder.saved_size_bytes);
  add_counter(families, "granary_recoder_failures_total", "Xorbs that could not be recoded.",
              recoder.failures);
}

double resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr) return 0;
  unsigned long total_pages = 0;
  unsigned long resident_pages = 0;
  const int read = std::fscanf(file, "%lu %lu", &total_pages, &resident_pages);
  std::fclose(file);
  return read == 2
             ? static_cast<double>(resident_pages) * static_cast<double>(::sysconf(_SC_PAGESIZE))
             : 0;
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

void RequestTimes::record(std::chrono::nanoseconds duration) {
  const double seconds = std::chrono::duration<double>(duration).count();
  std::size_t index = 0;
  while (index < kBounds.size() && seconds > kBounds[index]) ++index;
  counts[index].fetch_add(1, std::memory_order_relaxed);
  sum_nanoseconds.fetch_add(static_cast<std::uint64_t>(duration.count()),
                            std::memory_order_relaxed);
}

std::string render_metrics(const MetricsInput& input) {
  Families families;
  add_connections(families, input.connections);
  add_times(families, input.times);
  add_counter(families, "granary_meta_transactions_total", "Changes of facts.",
              input.facts.transactions);
  add_counter(families, "granary_meta_commits_total",
              "Commits of facts forced to stable storage; group commit makes them fewer.",
              input.facts.commits);
  add_counter(families, "granary_meta_checkpoints_total", "Checkpoints of the write-ahead log.",
              input.facts.checkpoints);
  add_usage(families, input.usage);
  add_recoder(families, input.recoder);
  add_gauge(families, "granary_disk_free_bytes", "Free bytes where the data lies.",
            static_cast<double>(input.free_bytes));
  add_gauge(families, "granary_accepts_writes", "1, or 0 after a failed sync.",
            input.accepts_writes ? 1 : 0);
  add_gauge(families, "process_resident_memory_bytes", "Resident memory.", resident_bytes());
  families.push_back(
      {"process_cpu_seconds_total", "User and system CPU time.", MetricType::Counter, {}});
  ClientMetric cpu;
  cpu.counter.value = cpu_seconds();
  families.back().metric.push_back(std::move(cpu));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace granary::server
