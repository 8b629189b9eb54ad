// The form of a repo's id in a card.
#include "format/repo_id.h"

#include <algorithm>

namespace granary::format {
namespace {

constexpr std::size_t kPartSizeMax = 96;

bool is_word(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '_';
}

bool is_part(std::string_view part) {
  const auto is_plain = [](char letter) {
    return is_word(letter) || letter == '-' || letter == '.';
  };
  return !part.empty() && part.size() <= kPartSizeMax && is_word(part.front()) &&
         std::ranges::all_of(part, is_plain);
}

}  // namespace

bool is_repo_id(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == text.npos) return is_part(text);
  return is_part(text.substr(0, slash)) && is_part(text.substr(slash + 1));
}

}  // namespace granary::format
