// Parsing ranges of bytes.
#include "api/xet/file_range.h"

#include <charconv>
#include <cstdint>
#include <limits>

#include "base/text.h"

namespace granary::api::xet {
namespace {

constexpr std::string_view kUnit = "bytes=";
constexpr std::size_t kDirtyRangesMax = 1000;
constexpr std::uint64_t kLastNumber = std::numeric_limits<std::uint64_t>::max();

std::optional<std::uint64_t> parse_number(std::string_view digits) {
  std::uint64_t number = 0;
  const char* const start = digits.data();
  const char* const end = start + digits.size();
  const auto [stop, error] = std::from_chars(start, end, number);
  if (digits.empty() || stop != end) return std::nullopt;
  if (error == std::errc::result_out_of_range) return kLastNumber;
  return error == std::errc() ? std::optional(number) : std::nullopt;
}

/// "a-b" or "a-".
struct Run {
  std::uint64_t first = 0;
  std::optional<std::uint64_t> last;
};

std::optional<Run> parse_run(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = parse_number(text.substr(0, dash));
  if (!first) return std::nullopt;
  if (dash + 1 == text.size()) return Run{*first, {}};
  const auto last = parse_number(text.substr(dash + 1));
  if (!last || *last < *first) return std::nullopt;
  return Run{*first, last};
}

}  // namespace

Result<std::vector<chunk::ByteSpan>> parse_dirty_ranges(std::optional<std::string_view> header) {
  const auto invalid = [] {
    return fail(ErrorKind::Invalid, "X-Range-Dirty is no list of ascending runs of bytes");
  };
  const std::string_view text = trim(header.value_or(""));
  if (!equals_ignoring_case(text.substr(0, kUnit.size()), kUnit)) return invalid();
  std::vector<chunk::ByteSpan> ranges;
  for (std::string_view rest = text.substr(kUnit.size());;) {
    const std::size_t comma = rest.find(',');
    const auto run = parse_run(trim(rest.substr(0, comma)));
    if (!run || !run->last || ranges.size() == kDirtyRangesMax) return invalid();
    if (run->first == kLastNumber) return invalid();  // its end would be its beginning
    if (!ranges.empty() && run->first < ranges.back().end) return invalid();
    ranges.push_back({run->first, *run->last == kLastNumber ? kLastNumber : *run->last + 1});
    if (comma == std::string_view::npos) return ranges;
    rest.remove_prefix(comma + 1);
  }
}

Result<service::FileSpan> parse_file_range(std::optional<std::string_view> header) {
  service::FileSpan span;
  if (!header) return span;
  const auto invalid = [] {
    return fail(ErrorKind::Invalid, "the Range is not of one run of bytes");
  };
  const std::string_view text = trim(*header);
  if (!equals_ignoring_case(text.substr(0, kUnit.size()), kUnit)) return invalid();
  const auto run = parse_run(trim(text.substr(kUnit.size())));
  if (!run) return invalid();
  span.first_byte = run->first;
  if (run->last) span.last_byte = *run->last;
  return span;
}

}  // namespace granary::api::xet
