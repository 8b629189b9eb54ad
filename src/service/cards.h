// Cards: what a client is told about a README before it uploads it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "meta/types.h"

namespace granary::service {

struct CardFindings {
  std::vector<std::string> errors;  // the card is refused
  std::vector<std::string> warnings;
};

/// Never fails: a malformed card has findings.
CardFindings check_card(meta::RepoKind kind, std::string_view readme);

}  // namespace granary::service
