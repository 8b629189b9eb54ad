// The lines of .gitattributes and .gitignore files.
#pragma once

#include <string_view>
#include <vector>

namespace granary::git {

/// The lines of `text`, without line ends, and without the byte order mark that it may start with.
std::vector<std::string_view> rule_lines(std::string_view text);

}  // namespace granary::git
