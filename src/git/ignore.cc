// .gitignore: a pattern per line; the last match counts, and a folder decides for all in it.
#include "git/ignore.h"

#include <algorithm>

#include "base/limits.h"
#include "git/rule_lines.h"

namespace granary::git {
namespace {

// Without the blanks at the end, but for one that a backslash protects.
std::string_view trim_end(std::string_view line) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == ' ') continue;
    if (line[i] == '\\') ++i;
    size = std::min(i + 1, line.size());
  }
  return line.substr(0, size);
}

}  // namespace

Ignore::Ignore(std::string_view text) {
  if (text.size() > limits::kRuleFileSizeBytesMax) return;
  for (std::string_view line : rule_lines(text)) {
    if (line.size() > limits::kRuleLineSizeBytesMax || line.starts_with('#')) continue;
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = trim_end(line);
    const bool is_negated = line.starts_with('!');
    if (is_negated) line.remove_prefix(1);
    if (!line.empty()) rules_.push_back({PathPattern(line), is_negated});
  }
}

bool Ignore::is_ignored(std::string_view path) const {
  for (std::size_t slash = path.find('/'); slash != path.npos; slash = path.find('/', slash + 1))
    if (is_ignored_itself(path.substr(0, slash), true)) return true;
  return is_ignored_itself(path, false);
}

bool Ignore::is_ignored_itself(std::string_view path, bool is_folder) const {
  for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
    const PathPattern& pattern = rule->pattern;
    if (is_folder ? pattern.matches_folder(path) : pattern.matches_file(path))
      return !rule->is_negated;
  }
  return false;
}

}  // namespace granary::git
