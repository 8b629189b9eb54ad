// .gitattributes: which paths are stored by Git LFS.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "git/path_pattern.h"

namespace granary::git {

/// The rules about the attribute `filter` in the text of a repo's root .gitattributes.
/// What git ignores is ignored: comments, negative patterns, malformed lines, lines over 2048
/// bytes. Macros ("[attr]") are not expanded. A text over limits::kRuleFileSizeBytesMax gives no
/// rules. Source: git's gitattributes manual page.
class Attributes {
 public:
  explicit Attributes(std::string_view text);

  /// True if the last line that matches `path` and speaks of `filter` sets it to "lfs".
  bool is_lfs(std::string_view path) const;

 private:
  struct Rule {
    PathPattern pattern;
    bool is_lfs;  // else: another filter, unset or unspecified
  };
  std::vector<Rule> rules_;
};

/// A line that makes `path`, and it alone, an LFS file; with its line end. Quoted where needed.
std::string lfs_attribute_line(std::string_view path);

}  // namespace granary::git
