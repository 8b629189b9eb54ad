// .gitattributes: a pattern and attributes per line; the last word on an attribute counts.
#include "git/attributes.h"

#include <algorithm>
#include <optional>

#include "base/limits.h"
#include "git/rule_lines.h"

namespace granary::git {
namespace {

constexpr std::string_view kBlank = " \t\r\n";
constexpr std::string_view kMacro = "[attr]";

std::string_view take_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlank), rest.size()));
  const std::string_view word = rest.substr(0, rest.find_first_of(kBlank));
  rest.remove_prefix(word.size());
  return word;
}

std::optional<char> unescape(char letter) {
  switch (letter) {
    case 'a': return '\a';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'v': return '\v';
    case '\\':
    case '"': return letter;
    default: return std::nullopt;
  }
}

// "\101" and its like, after the backslash.
std::optional<char> take_octal(std::string_view& rest) {
  if (rest.size() < 3 || rest[0] > '3') return std::nullopt;
  int value = 0;
  for (char digit : rest.substr(0, 3)) {
    if (digit < '0' || digit > '7') return std::nullopt;
    value = value * 8 + (digit - '0');
  }
  rest.remove_prefix(3);
  return static_cast<char>(value);
}

// A pattern in double quotes, as C writes strings; nothing if it is malformed.
std::optional<std::string> take_quoted(std::string_view& line) {
  std::string text;
  std::string_view rest = line.substr(1);
  while (!rest.empty()) {
    const char letter = rest.front();
    rest.remove_prefix(1);
    if (letter == '"') {
      line = rest;
      return text;
    }
    if (letter != '\\') {
      text += letter;
      continue;
    }
    if (rest.empty()) return std::nullopt;
    const bool is_octal = rest.front() >= '0' && rest.front() <= '3';
    const auto byte = is_octal ? take_octal(rest) : unescape(rest.front());
    if (!byte) return std::nullopt;
    if (!is_octal) rest.remove_prefix(1);
    text += *byte;
  }
  return std::nullopt;
}

// What looks quoted but is malformed is taken as it stands.
std::string take_pattern(std::string_view& line) {
  if (line.starts_with('"'))
    if (auto pattern = take_quoted(line)) return *std::move(pattern);
  return std::string(take_word(line));
}

bool is_attribute_name(std::string_view name) {
  if (name.empty() || name.starts_with('-')) return false;
  return std::ranges::all_of(name, [](char letter) {
    return letter == '-' || letter == '.' || letter == '_' || (letter >= '0' && letter <= '9') ||
           (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
  });
}

enum class Filter { NotNamed, Lfs, Other };

// What a line's attributes say of `filter`; nothing if one is malformed: git drops the line then.
std::optional<Filter> filter_of(std::string_view attributes) {
  Filter filter = Filter::NotNamed;
  for (auto word = take_word(attributes); !word.empty(); word = take_word(attributes)) {
    const bool is_bare = word.starts_with('-') || word.starts_with('!');
    std::string_view name = word.substr(is_bare);
    name = name.substr(0, name.find('='));
    if (!is_attribute_name(name)) return std::nullopt;
    if (name == "filter") filter = word == "filter=lfs" ? Filter::Lfs : Filter::Other;
  }
  return filter;
}

}  // namespace

Attributes::Attributes(std::string_view text) {
  if (text.size() > limits::kRuleFileSizeBytesMax) return;
  for (std::string_view line : rule_lines(text)) {
    if (line.size() >= limits::kRuleLineSizeBytesMax) continue;
    line.remove_prefix(std::min(line.find_first_not_of(kBlank), line.size()));
    if (line.empty() || line.starts_with('#')) continue;
    const std::string pattern = take_pattern(line);
    const bool is_macro = pattern.size() > kMacro.size() && pattern.starts_with(kMacro);
    if (is_macro || pattern.starts_with('!')) continue;
    const auto filter = filter_of(line);
    if (!filter || filter == Filter::NotNamed) continue;
    rules_.push_back({PathPattern(pattern), filter == Filter::Lfs});
  }
}

bool Attributes::is_lfs(std::string_view path) const {
  for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule)
    if (rule->pattern.matches_file(path)) return rule->is_lfs;
  return false;
}

std::string lfs_attribute_line(std::string_view path) {
  std::string pattern = "/";
  bool needs_quotes = false;
  for (char letter : path) {
    if (std::string_view("*?[\\").find(letter) != std::string_view::npos) pattern += '\\';
    pattern += letter;
    needs_quotes |= letter == ' ' || letter == '"';
  }
  if (needs_quotes) {
    std::string quoted = "\"";
    for (char letter : pattern) {
      if (letter == '"' || letter == '\\') quoted += '\\';
      quoted += letter;
    }
    pattern = quoted + "\"";
  }
  return pattern + " filter=lfs diff=lfs merge=lfs -text\n";
}

}  // namespace granary::git
