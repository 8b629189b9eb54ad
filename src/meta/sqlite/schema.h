// The tables of the SQLite adapter, as a list of numbered migrations.
#pragma once

#include <cstdint>
#include <span>

#include "meta/sqlite/connection.h"

namespace granary::meta::sqlite {

inline constexpr std::uint64_t kPageSizeBytes = 4096;

/// One step of the schema's history. A step that was released is never edited: a new one follows.
struct Migration {
  std::int64_t version;  // after it; 1, 2, 3 …
  const char* statements;
  Result<void> (*derive)(Connection& connection) = nullptr;  // then fills tables from others
};

/// All steps there are, ascending.
std::span<const Migration> migrations();

/// Brings a database, which may be empty, to `version` (tests) or the last one, in one transaction.
/// Errors: Invalid if it is of a newer version than that, or not Granary's.
Result<void> migrate(Connection& connection, std::int64_t version = migrations().back().version);

}  // namespace granary::meta::sqlite
