// Names: what may name a namespace or a repo, and which names could be taken for each other.
#pragma once

#include <string_view>

#include "base/result.h"

namespace granary::service {

/// Errors: Invalid, with the rule that is broken, unless `name` can name a namespace or a repo: 1
/// to 96 of [A-Za-z0-9._-], a letter, digit or '_' at both ends, no "--", no "..", no ".git" at the
/// end. Source: hf-hub API, "URL grammar"; the clients refuse other names before any request.
Result<void> check_name(std::string_view name);

/// As check_name, and errors: Conflict for a word of our URLs ("api", "datasets") or the first
/// folder of common local paths ("checkpoints"), which must never name a namespace.
Result<void> check_namespace_name(std::string_view name);

/// As check_name, and errors: Invalid for what follows a repo in our URLs ("refs", "tree"), which
/// must never name a new repo: its address could be taken for a part of another.
Result<void> check_repo_name(std::string_view name);

/// Whether a person could take one name for the other: equal but for look-alikes (0 and o, rn and
/// m,
/// - and _), or one edit apart in names of five characters or more.
bool is_near_name(std::string_view a, std::string_view b);

}  // namespace granary::service
