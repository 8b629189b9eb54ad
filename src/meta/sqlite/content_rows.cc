// Rows of xorbs and files, and the rules that hold between them.
#include "meta/sqlite/content_rows.h"

#include <map>
#include <utility>

#include "meta/recipe.h"

namespace granary::meta::sqlite {

Result<void> read_xorb_row(Query& query, Xorb& out) {
  return query.read(out.id, out.hash, out.generation, out.chunk_count, out.size_bytes,
                    out.stored_size_bytes, out.state, out.created);
}

Result<Xorb> read_xorb_of(Connection& connection, XorbId id) {
  TRY(auto query,
      connection.query("SELECT " GRANARY_XORB_COLUMNS " FROM xorbs x WHERE x.id = ?", id));
  TRY_DONE(query.step_to_row(ErrorKind::NotFound, "no such xorb"));
  Xorb xorb;
  TRY_DONE(read_xorb_row(query, xorb));
  return xorb;
}

Result<void> read_file_row(Query& query, StoredFile& out) {
  Bytes recipe;
  TRY_DONE(query.read(out.sha256, out.size_bytes, out.file_hash, recipe));
  TRY(out.recipe, decode_recipe(recipe));
  return {};
}

Result<StoredFile> find_file_of(Connection& connection, const Sha256& sha256) {
  TRY(auto query,
      connection.query("SELECT " GRANARY_FILE_COLUMNS " FROM files f WHERE f.sha256 = ?", sha256));
  TRY_DONE(query.step_to_row(ErrorKind::NotFound, "no file " + sha256.to_string()));
  StoredFile file;
  TRY_DONE(read_file_row(query, file));
  return file;
}

Result<std::optional<RecipeProblem>> problem_of(Connection& connection, const StoredFile& file) {
  const auto problem = [](ErrorKind kind, std::string message) {
    return std::optional(RecipeProblem{.kind = kind, .message = std::move(message)});
  };
  std::map<XorbId, Xorb> xorbs;
  std::uint64_t size_bytes = 0;
  for (const Term& term : file.recipe) {
    auto known = xorbs.find(term.xorb);
    if (known == xorbs.end()) {
      auto xorb = read_xorb_of(connection, term.xorb);
      const bool missing = !xorb && xorb.error().kind == ErrorKind::NotFound;
      if (missing) return problem(ErrorKind::Conflict, "a term of a xorb that does not exist");
      if (!xorb) return tl::unexpected(std::move(xorb).error());
      known = xorbs.emplace(term.xorb, *xorb).first;
    }
    const Xorb& xorb = known->second;
    if (xorb.state != XorbState::Live) {
      return problem(ErrorKind::Conflict, "a term of a xorb that is not live");
    }
    const std::uint64_t end_bytes = std::uint64_t{term.offset_bytes} + term.size_bytes;
    if (term.chunk_start >= term.chunk_end || term.chunk_end > xorb.chunk_count ||
        term.size_bytes == 0 || end_bytes > xorb.size_bytes) {
      return problem(ErrorKind::Invalid, "a term outside its xorb");
    }
    size_bytes += term.size_bytes;
  }
  if (size_bytes != file.size_bytes) {
    return problem(ErrorKind::Invalid, "a recipe of " + std::to_string(size_bytes) +
                                           " bytes for a file of " +
                                           std::to_string(file.size_bytes));
  }
  return std::optional<RecipeProblem>();
}

Result<StoredFile> require_whole_file(Connection& connection, const Sha256& sha256) {
  TRY(StoredFile file, find_file_of(connection, sha256));
  TRY(const auto problem, problem_of(connection, file));
  if (problem) return fail(ErrorKind::NotFound, "no whole file " + sha256.to_string());
  return file;
}

}  // namespace granary::meta::sqlite
