// Fixed-width dates, independent of the locale.
#include "net/http_date.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace granary::net {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void append_number(std::string& out, unsigned number, unsigned digits) {
  unsigned divisor = 1;
  for (unsigned i = 1; i < digits; ++i) divisor *= 10;
  for (; divisor > 0; divisor /= 10) out.push_back(static_cast<char>('0' + number / divisor % 10));
}

/// The digits at `at`, or -1.
int number_at(std::string_view text, std::size_t at, std::size_t digits) {
  int number = 0;
  for (const char c : text.substr(at, digits)) {
    if (c < '0' || c > '9') return -1;
    number = number * 10 + (c - '0');
  }
  return number;
}

}  // namespace

std::string format_http_date(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
  std::string out(kDays[std::chrono::weekday(day).c_encoding()]);
  out.append(", ");
  append_number(out, static_cast<unsigned>(date.day()), 2);
  out.push_back(' ');
  out.append(kMonths[static_cast<unsigned>(date.month()) - 1]);
  out.push_back(' ');
  append_number(out, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  out.push_back(' ');
  append_number(out, static_cast<unsigned>(clock.hours().count()), 2);
  out.push_back(':');
  append_number(out, static_cast<unsigned>(clock.minutes().count()), 2);
  out.push_back(':');
  append_number(out, static_cast<unsigned>(clock.seconds().count()), 2);
  out.append(" GMT");
  return out;
}

Result<WallTime> parse_http_date(std::string_view text) {
  // Tue, 24 Nov 2026 11:00:00 GMT
  const auto malformed = [] { return fail(ErrorKind::Invalid, "malformed HTTP date"); };
  if (text.size() != 29) return malformed();
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
  const int day = number_at(text, 5, 2);
  const int year = number_at(text, 12, 4);
  const int hour = number_at(text, 17, 2);
  const int minute = number_at(text, 20, 2);
  const int second = number_at(text, 23, 2);
  if (month == kMonths.end() || day < 0 || year < 0 || hour < 0 || minute < 0 || second < 0) {
    return malformed();
  }
  const std::chrono::year_month_day date(
      std::chrono::year(year),
      std::chrono::month(static_cast<unsigned>(month - kMonths.begin()) + 1),
      std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return malformed();
  const WallTime time(std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(hour) +
                      std::chrono::minutes(minute) + std::chrono::seconds(second));
  // Weekday, commas, colons and zone are right if writing the date gives the same text.
  if (format_http_date(time) != text) return malformed();
  return time;
}

}  // namespace granary::net
