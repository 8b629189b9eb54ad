// Public ids, and reading a namespace's row: what the SQLite stores share about who is who.
#pragma once

#include <string>
#include <vector>

#include "base/env.h"
#include "meta/sqlite/connection.h"
#include "meta/types.h"

namespace granary::meta::sqlite {

/// 24 random hex digits, as clients expect of `_id`.
std::string make_public_id(Random& random);

/// The columns of `namespaces` in the order of `read_namespace_row`.
#define GRANARY_NAMESPACE_COLUMNS \
  "n.id, n.public_id, n.kind, n.name, n.full_name, n.email, n.instance_admin, n.created_ms"
Result<void> read_namespace_row(Query& query, Namespace& out);

/// "[1,2]": one parameter for any number of rows, for json_each, so that statements stay few.
template <class Tag>
std::string json_list(const std::vector<RowId<Tag>>& ids) {
  std::string list = "[";
  for (const RowId<Tag> id : ids) {
    if (list.size() > 1) list += ',';
    list += std::to_string(id.value);
  }
  return list + "]";
}

/// Errors: NotFound, also when the row is not of `kind`.
Result<Namespace> read_namespace_of(Connection& connection, NamespaceId id, NamespaceKind kind);

}  // namespace granary::meta::sqlite
