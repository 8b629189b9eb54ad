// The lines of .gitattributes and .gitignore files.
#include "git/rule_lines.h"

#include <algorithm>

namespace granary::git {

std::vector<std::string_view> rule_lines(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    lines.push_back(text.substr(0, text.find('\n')));
    text.remove_prefix(std::min(lines.back().size() + 1, text.size()));
  }
  return lines;
}

}  // namespace granary::git
