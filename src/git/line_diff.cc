// Myers' greedy algorithm over numbered lines, and the writing of hunks.
#include "git/line_diff.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/limits.h"

namespace granary::git {

namespace {

constexpr std::size_t kContextCount = 3;

/// Lines with their ends; the last may lack it.
std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

/// Two texts as numbers: equal lines have equal numbers.
class Numbering {
 public:
  std::vector<std::uint32_t> number(const std::vector<std::string_view>& lines) {
    std::vector<std::uint32_t> numbers;
    numbers.reserve(lines.size());
    for (const std::string_view line : lines) {
      numbers.push_back(
          known_.emplace(line, static_cast<std::uint32_t>(known_.size())).first->second);
    }
    return numbers;
  }

 private:
  std::unordered_map<std::string_view, std::uint32_t> known_;
};

/// Which lines go and which come; the others are the same, in the same order.
struct Edit {
  std::vector<bool> removed;
  std::vector<bool> added;
};

using Numbers = std::vector<std::uint32_t>;

/// The part of two texts between their first and their last difference.
struct Middle {
  std::size_t start = 0;
  std::size_t before_end = 0;
  std::size_t after_end = 0;
};

Middle middle_of(const Numbers& before, const Numbers& after) {
  Middle middle{0, before.size(), after.size()};
  while (middle.start < std::min(middle.before_end, middle.after_end) &&
         before[middle.start] == after[middle.start]) {
    ++middle.start;
  }
  while (std::min(middle.before_end, middle.after_end) > middle.start &&
         before[middle.before_end - 1] == after[middle.after_end - 1]) {
    --middle.before_end;
    --middle.after_end;
  }
  return middle;
}

/// The furthest reach on each diagonal, for each number of edits; none if there are too many.
class Search {
 public:
  Search(const Numbers& before, const Numbers& after, const Middle& middle)
      : before_(before),
        after_(after),
        middle_(middle),
        rows_(static_cast<std::ptrdiff_t>(middle.before_end - middle.start)),
        columns_(static_cast<std::ptrdiff_t>(middle.after_end - middle.start)) {}

  bool run() {
    const auto edit_count_max = static_cast<std::ptrdiff_t>(limits::kDiffEditCountMax);
    for (std::ptrdiff_t d = 0; d <= std::min(rows_ + columns_, edit_count_max); ++d) {
      reach_.emplace_back(static_cast<std::size_t>(2 * d + 1), 0);
      for (std::ptrdiff_t k = -d; k <= d; k += 2) {
        const std::ptrdiff_t row = slide(best_start(d, k), k);
        at(d, k) = row;
        if (row >= rows_ && row - k >= columns_) return true;
      }
    }
    return false;
  }

  /// Walks back from the end and marks each edit.
  void mark(Edit& edit) const {
    std::ptrdiff_t row = rows_;
    std::ptrdiff_t column = columns_;
    for (auto d = static_cast<std::ptrdiff_t>(reach_.size()) - 1; d > 0; --d) {
      const std::ptrdiff_t k = row - column;
      const bool is_added = comes_from_above(d, k);
      const std::ptrdiff_t from = is_added ? k + 1 : k - 1;
      row = at(d - 1, from);
      column = row - from;
      const auto index = static_cast<std::size_t>(is_added ? column : row) + middle_.start;
      (is_added ? edit.added : edit.removed)[index] = true;
    }
  }

 private:
  // Rows are lines of `before`, columns of `after`, k = row - column.
  std::ptrdiff_t& at(std::ptrdiff_t d, std::ptrdiff_t k) {
    return reach_[static_cast<std::size_t>(d)][static_cast<std::size_t>(k + d)];
  }
  std::ptrdiff_t at(std::ptrdiff_t d, std::ptrdiff_t k) const {
    return reach_[static_cast<std::size_t>(d)][static_cast<std::size_t>(k + d)];
  }
  bool comes_from_above(std::ptrdiff_t d, std::ptrdiff_t k) const {
    return k == -d || (k != d && at(d - 1, k - 1) < at(d - 1, k + 1));
  }
  std::ptrdiff_t best_start(std::ptrdiff_t d, std::ptrdiff_t k) const {
    if (d == 0) return 0;
    return comes_from_above(d, k) ? at(d - 1, k + 1) : at(d - 1, k - 1) + 1;
  }
  std::ptrdiff_t slide(std::ptrdiff_t row, std::ptrdiff_t k) const {
    while (row < rows_ && row - k < columns_ &&
           before_[middle_.start + static_cast<std::size_t>(row)] ==
               after_[middle_.start + static_cast<std::size_t>(row - k)]) {
      ++row;
    }
    return row;
  }

  const Numbers& before_;
  const Numbers& after_;
  const Middle middle_;
  const std::ptrdiff_t rows_;
  const std::ptrdiff_t columns_;
  std::vector<std::vector<std::ptrdiff_t>> reach_;  // by edits, then by diagonal from -d to d
};

Edit edit_between(const Numbers& before, const Numbers& after) {
  Edit edit{std::vector<bool>(before.size()), std::vector<bool>(after.size())};
  const Middle middle = middle_of(before, after);
  Search search(before, after, middle);
  if (search.run()) {
    search.mark(edit);
    return edit;
  }
  for (std::size_t i = middle.start; i < middle.before_end; ++i) edit.removed[i] = true;
  for (std::size_t i = middle.start; i < middle.after_end; ++i) edit.added[i] = true;
  return edit;
}

/// One line of the whole texts, told as a diff tells it.
struct Line {
  char sign;  // ' ', '-', '+'
  std::string_view text;
  std::size_t before_index;
  std::size_t after_index;
};

std::vector<Line> tell(const std::vector<std::string_view>& before,
                       const std::vector<std::string_view>& after, const Edit& edit) {
  std::vector<Line> lines;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < before.size() || j < after.size()) {
    if (i < before.size() && edit.removed[i]) {
      lines.push_back({'-', before[i], i, j});
      ++i;
    } else if (j < after.size() && edit.added[j]) {
      lines.push_back({'+', after[j], i, j});
      ++j;
    } else {
      lines.push_back({' ', before[i], i, j});
      ++i;
      ++j;
    }
  }
  return lines;
}

std::string span_text(std::size_t index, std::size_t count) {
  // An empty span is named by the line before it.
  const std::size_t first = count == 0 ? index : index + 1;
  return std::to_string(first) + (count == 1 ? "" : "," + std::to_string(count));
}

void write_hunk(std::string& out, const std::vector<Line>& lines, std::size_t start,
                std::size_t end) {
  std::size_t before_count = 0;
  std::size_t after_count = 0;
  for (std::size_t i = start; i < end; ++i) {
    before_count += lines[i].sign != '+' ? 1 : 0;
    after_count += lines[i].sign != '-' ? 1 : 0;
  }
  out += "@@ -" + span_text(lines[start].before_index, before_count) + " +" +
         span_text(lines[start].after_index, after_count) + " @@\n";
  for (std::size_t i = start; i < end; ++i) {
    out += lines[i].sign;
    out += lines[i].text;
    if (!lines[i].text.ends_with('\n')) out += "\n\\ No newline at end of file\n";
  }
}

}  // namespace

std::string unified_hunks(std::string_view before, std::string_view after) {
  const auto before_lines = lines_of(before);
  const auto after_lines = lines_of(after);
  Numbering numbering;
  const Numbers before_numbers = numbering.number(before_lines);
  const Numbers after_numbers = numbering.number(after_lines);
  const Edit edit = edit_between(before_numbers, after_numbers);
  const std::vector<Line> lines = tell(before_lines, after_lines, edit);

  std::string out;
  std::optional<std::size_t> start;
  std::size_t end = 0;  // of the hunk that is being gathered, context included
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].sign == ' ') continue;
    const std::size_t from = i - std::min(i, kContextCount);
    if (start && from > end) {
      write_hunk(out, lines, *start, end);
      start.reset();
    }
    if (!start) start = from;
    end = std::min(i + 1 + kContextCount, lines.size());
  }
  if (start) write_hunk(out, lines, *start, end);
  return out;
}

}  // namespace granary::git
