// How names are compared: in ASCII lower case, so that no two differ by case alone.
#pragma once

#include <string>
#include <string_view>

namespace granary::meta {

/// `name` with the letters A to Z in lower case; all other bytes stay.
std::string folded(std::string_view name);

}  // namespace granary::meta
