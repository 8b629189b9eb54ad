// Gives a stored xorb a better coding: a new object, verified, swapped in for the old one.
#pragma once

#include <vector>

#include "meta/meta_store.h"
#include "object/object_store.h"
#include "store/store.h"
#include "store/xorb_reader.h"

namespace granary::store {

/// What a recode works with; all borrowed.
struct RecodeParts {
  object::ObjectStore& objects;
  meta::ContentStore& content;
  meta::CodingStore& codings;
  Decoding decoding;
};

/// As Store::recode, without dropping what is cached.
Result<Recoded> recode(const RecodeParts& parts, meta::Xorb facts, const RecodeOptions& options);

/// As Store::remove_replaced.
Result<std::size_t> remove_replaced(const RecodeParts& parts);

/// How many bytes each codec holds, by codec number.
std::vector<meta::CodingShare> shares_of(const XorbReader& reader);

}  // namespace granary::store
