// Looking for problems in the facts themselves.
#pragma once

#include <string>
#include <vector>

#include "meta/sqlite/connection.h"

namespace granary::meta::sqlite {

/// One line for each problem, up to a limit: of SQLite's own structures, of references, and of what
/// Granary promises beyond them. Empty: sound.
Result<std::vector<std::string>> check(Connection& connection);

}  // namespace granary::meta::sqlite
