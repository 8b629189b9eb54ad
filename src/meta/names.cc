// How names are compared.
#include "meta/names.h"

namespace granary::meta {

std::string folded(std::string_view name) {
  std::string out(name);
  for (char& letter : out) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return out;
}

}  // namespace granary::meta
