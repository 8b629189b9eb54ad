// One pattern of a .gitattributes or .gitignore file.
#include "git/path_pattern.h"

namespace granary::git {
namespace {

constexpr std::string_view kSpecial = "*?[\\";

std::string_view without_slash_at_end(std::string_view text) {
  if (text.ends_with('/')) text.remove_suffix(1);
  return text;
}

std::string_view without_slash_at_start(std::string_view text) {
  if (text.starts_with('/')) text.remove_prefix(1);
  return text;
}

}  // namespace

// "*.bin" is by far the most common, and the others of no special bytes follow.
PathPattern::Shape PathPattern::shape_of(std::string_view text) {
  if (text.find_first_of(kSpecial) == text.npos) return Shape::Exact;
  const bool is_suffix = text.starts_with('*') && text.find('/') == text.npos &&
                         text.find_first_of(kSpecial, 1) == text.npos;
  return is_suffix ? Shape::Suffix : Shape::Wild;
}

PathPattern::PathPattern(std::string_view text)
    : is_folder_only_(text.ends_with('/')),
      is_name_only_(without_slash_at_end(text).find('/') == text.npos),
      shape_(shape_of(without_slash_at_end(text))),
      wild_("") {
  text = without_slash_at_start(without_slash_at_end(text));
  if (shape_ == Shape::Suffix) text.remove_prefix(1);
  literal_ = text.substr(0, text.find_first_of(kSpecial));
  // Git, too, matches what comes before the first wildcard on its own: so "a**/b" means "a", then
  // any folders, although its manual says that such stars are ordinary ones.
  if (shape_ == Shape::Wild) wild_ = Wildmatch(text.substr(literal_.size()));
}

bool PathPattern::matches(std::string_view path) const {
  if (is_name_only_) path.remove_prefix(path.rfind('/') + 1);
  switch (shape_) {
    case Shape::Exact: return path == literal_;
    case Shape::Suffix: return path.ends_with(literal_);
    case Shape::Wild:
      return path.starts_with(literal_) && wild_.matches(path.substr(literal_.size()));
  }
  return false;
}

}  // namespace granary::git
