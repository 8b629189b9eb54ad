// The licence identifiers that a card may name.
#pragma once

#include <string>
#include <string_view>

namespace granary::format {

bool is_known_license(std::string_view identifier);

/// All of them, as "a, b, c".
std::string known_licenses();

}  // namespace granary::format
