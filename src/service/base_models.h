// Base models: of which models a repo says that it was made.
#pragma once

#include <vector>

#include "meta/types.h"

namespace granary::service {

/// By its card, in the card's order. They may not exist, nor be the caller's to see.
std::vector<meta::RepoName> declared_base_models(const meta::RepoSummary& summary);

}  // namespace granary::service
