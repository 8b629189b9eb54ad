// The form of a repo's id in a card: "namespace/name", or a bare name.
#pragma once

#include <string_view>

namespace granary::format {

/// False for paths and URLs, which cards and adapters often name in its place.
bool is_repo_id(std::string_view text);

}  // namespace granary::format
