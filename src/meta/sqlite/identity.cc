// Public ids, and reading a namespace's row.
#include "meta/sqlite/identity.h"

#include <array>

namespace granary::meta::sqlite {

std::string make_public_id(Random& random) {
  std::array<std::byte, 12> bytes{};
  random.fill(bytes);
  return to_hex(bytes);
}

Result<void> read_namespace_row(Query& query, Namespace& out) {
  return query.read(out.id, out.public_id, out.kind, out.name, out.full_name, out.email,
                    out.instance_admin, out.created);
}

Result<Namespace> read_namespace_of(Connection& connection, NamespaceId id, NamespaceKind kind) {
  TRY(auto query, connection.query("SELECT " GRANARY_NAMESPACE_COLUMNS
                                   " FROM namespaces n WHERE n.id = ? AND n.kind = ?",
                                   id, kind));
  const bool user = kind == NamespaceKind::User;
  TRY_DONE(query.step_to_row(ErrorKind::NotFound, user ? "no such user" : "no such organization"));
  Namespace found;
  TRY_DONE(read_namespace_row(query, found));
  return found;
}

}  // namespace granary::meta::sqlite
