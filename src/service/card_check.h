// Card check: what is wrong with a README's metadata, before it is published.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "meta/types.h"

namespace granary::service {

struct CardReport {
  std::vector<std::string> errors;
  std::vector<std::string> warnings;
};

/// In the words that clients know. Never fails: malformed YAML is an error in the report.
CardReport check_card(meta::RepoKind kind, std::string_view readme);

}  // namespace granary::service
