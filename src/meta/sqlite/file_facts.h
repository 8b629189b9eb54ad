// What follows from a file's row: its names and the xorbs it needs, as rows to search by.
#pragma once

#include "meta/sqlite/connection.h"
#include "meta/types.h"

namespace granary::meta::sqlite {

/// One more Xet hash by which the file is found; fine if it is known.
Result<void> record_file_hash(Connection& connection, const FileHash& hash, const Sha256& sha256);

/// The xorbs of its recipe, in place of those of an earlier one.
Result<void> record_file_xorbs(Connection& connection, const StoredFile& file);

/// Both for every file there is. Errors: Corrupt for a recipe that cannot be read.
Result<void> derive_file_facts(Connection& connection);

}  // namespace granary::meta::sqlite
