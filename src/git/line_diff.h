// Line diff: what changed between two texts, as the hunks of a unified diff.
#pragma once

#include <string>
#include <string_view>

namespace granary::git {

/// "@@ -1,3 +1,4 @@" and its lines, for each place that changed, with three lines around it. Empty
/// if the texts are equal. The shortest edit, unless that takes more than limits::kDiffEditCountMax
/// steps: then all between the first and the last difference is replaced.
/// Source: GNU diffutils manual, "Detailed Description of Unified Format"; Myers 1986, "An O(ND)
/// Difference Algorithm and Its Variations".
std::string unified_hunks(std::string_view before, std::string_view after);

}  // namespace granary::git
