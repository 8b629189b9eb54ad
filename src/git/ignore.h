// .gitignore: which paths a client leaves out of its commit.
#pragma once

#include <string_view>
#include <vector>

#include "git/path_pattern.h"

namespace granary::git {

/// The rules in the text of a repo's root .gitignore. A text over limits::kRuleFileSizeBytesMax
/// gives none. Source: git's gitignore manual page.
class Ignore {
 public:
  explicit Ignore(std::string_view text);

  /// True if the last pattern that matches the file, or one of the folders around it, is not
  /// negated. A file in an ignored folder cannot be taken back.
  bool is_ignored(std::string_view path) const;

 private:
  struct Rule {
    PathPattern pattern;
    bool is_negated;
  };
  bool is_ignored_itself(std::string_view path, bool is_folder) const;

  std::vector<Rule> rules_;
};

}  // namespace granary::git
