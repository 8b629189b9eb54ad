// Parsing of Range and of entity tag lists. Pure: text in, a choice out.
#include "net/byte_range.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/limits.h"
#include "base/text.h"

namespace granary::net {

namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

/// Digits only; what does not fit is as good as the largest number.
std::optional<std::uint64_t> parse_number(std::string_view digits) {
  if (digits.empty()) return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<std::uint64_t>(c - '0');
    number = number > (kMax - digit) / 10 ? kMax : number * 10 + digit;
  }
  return number;
}

/// One range of the list; nothing if it is malformed. Unsatisfiable if it lies past the end.
std::optional<ChosenRange> parse_one(std::string_view text, std::uint64_t size_bytes) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::string_view last_text = text.substr(dash + 1);
  if (dash == 0) {
    const auto suffix = parse_number(last_text);
    if (!suffix) return std::nullopt;
    if (*suffix == 0) return ChosenRange{.kind = RangeKind::Unsatisfiable};
    const std::uint64_t part_size_bytes = std::min(*suffix, size_bytes);
    return ChosenRange{RangeKind::Part, size_bytes - part_size_bytes, part_size_bytes};
  }
  const auto first = parse_number(text.substr(0, dash));
  if (!first) return std::nullopt;
  std::uint64_t last = kMax;
  if (!last_text.empty()) {
    const auto given = parse_number(last_text);
    if (!given || *given < *first) return std::nullopt;
    last = *given;
  }
  if (*first >= size_bytes) return ChosenRange{.kind = RangeKind::Unsatisfiable};
  return ChosenRange{RangeKind::Part, *first, std::min(last, size_bytes - 1) - *first + 1};
}

}  // namespace

ChosenRange choose_range(std::string_view header, std::uint64_t size_bytes) {
  const ChosenRange whole{RangeKind::Whole, 0, size_bytes};
  const std::size_t equals = header.find('=');
  if (equals == std::string_view::npos || !equals_ignoring_case(header.substr(0, equals), "bytes"))
    return whole;
  if (size_bytes == 0) return whole;

  std::string_view rest = header.substr(equals + 1);
  std::size_t count = 0;
  std::size_t satisfiable_count = 0;
  ChosenRange chosen{.kind = RangeKind::Unsatisfiable};
  while (!rest.empty()) {
    const std::string_view element = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(element.size() + 1, rest.size()));
    if (trim(element).empty()) continue;
    const auto range = parse_one(trim(element), size_bytes);
    if (!range || ++count > limits::kRangeCountMax) return whole;
    if (range->kind != RangeKind::Part) continue;
    ++satisfiable_count;
    chosen = *range;
  }
  if (count == 0 || (satisfiable_count > 0 && count > 1)) return whole;
  return chosen;
}

std::string content_range(const ChosenRange& range, std::uint64_t size_bytes) {
  if (range.kind != RangeKind::Part) return "bytes */" + std::to_string(size_bytes);
  return "bytes " + std::to_string(range.offset_bytes) + "-" +
         std::to_string(range.offset_bytes + range.size_bytes - 1) + "/" +
         std::to_string(size_bytes);
}

bool names_etag(std::string_view header, std::string_view etag) {
  if (trim(header) == "*") return true;
  std::string_view rest = header;
  while (true) {
    const std::size_t open = rest.find('"');
    if (open == std::string_view::npos) return false;
    const std::size_t close = rest.find('"', open + 1);
    if (close == std::string_view::npos) return false;
    if (rest.substr(open, close - open + 1) == etag) return true;
    rest.remove_prefix(close + 1);
  }
}

bool is_same_etag(std::string_view header, std::string_view etag) { return trim(header) == etag; }

}  // namespace granary::net
