// Form: bodies of the type application/x-www-form-urlencoded, as the Python client sends lists.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace granary::api::hf {

struct FormField {
  std::string name;
  std::string value;
};

/// "paths=a&paths=b+c&expand=true". A '+' is a space. Empty pairs are left out.
/// Errors: Invalid for a bad escape; TooLarge over `count_max` fields.
Result<std::vector<FormField>> parse_form(std::string_view body, std::size_t count_max);

}  // namespace granary::api::hf
