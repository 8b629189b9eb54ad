// A file's recipe as a compact blob: docs/formats/recipe.md.
#pragma once

#include <vector>

#include "base/bytes.h"
#include "meta/types.h"

namespace granary::meta {

/// Any list of terms, exactly. The numbers of xorbs are those of this database.
Bytes encode_recipe(const std::vector<Term>& terms);

/// Errors: Corrupt for anything that encode_recipe does not give.
Result<std::vector<Term>> decode_recipe(ByteView bytes);

}  // namespace granary::meta
