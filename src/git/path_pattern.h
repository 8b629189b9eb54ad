// One pattern of a .gitattributes or .gitignore file, matched against paths from the repo's root.
#pragma once

#include <string>
#include <string_view>

#include "git/wildmatch.h"

namespace granary::git {

/// With a '/' before its end a pattern matches whole paths, else names at any depth. A '/' at its
/// end restricts it to folders.
class PathPattern {
 public:
  /// `text`: as in the file, but for quoting, a leading '!' and surrounding blanks.
  explicit PathPattern(std::string_view text);

  bool matches_file(std::string_view path) const { return !is_folder_only_ && matches(path); }
  bool matches_folder(std::string_view path) const { return matches(path); }

 private:
  enum class Shape { Exact, Suffix, Wild };
  static Shape shape_of(std::string_view text);
  bool matches(std::string_view path) const;

  bool is_folder_only_;
  bool is_name_only_;
  Shape shape_;
  std::string literal_;  // all of Exact and Suffix but the '*', what comes before the first
                         // wildcard of Wild
  Wildmatch wild_;       // the rest of Wild
};

}  // namespace granary::git
