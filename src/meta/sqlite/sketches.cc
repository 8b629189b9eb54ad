// SketchStore on SQLite: rows by file, found by key.
#include "meta/sqlite/sketches.h"

#include <algorithm>

#include "base/limits.h"

namespace granary::meta::sqlite {
Result<bool> SqliteSketches::has_sketches(const Sha256& file) {
  return database_.read([&](Connection& connection) {
    return connection.any(
        "SELECT 1 FROM tensor_sketches s JOIN files f ON f.id = s.file_id"
        " WHERE f.sha256 = ?",
        file);
  });
}

Result<void> SqliteSketches::put(const Sha256& file, std::span<const TensorSketch> sketches) {
  return database_.write([&](Transaction& transaction) -> Result<void> {
    Connection& connection = transaction.connection;
    TRY(auto query, connection.query("SELECT id FROM files WHERE sha256 = ?", file));
    TRY_DONE(query.step_to_row(ErrorKind::NotFound, "no file " + file.to_string()));
    std::int64_t id = 0;
    TRY_DONE(query.read(id));
    TRY_DONE(connection.run("DELETE FROM tensor_sketches WHERE file_id = ?", id));
    for (const TensorSketch& sketch : sketches) {
      TRY_DONE(connection.run(
          "INSERT INTO tensor_sketches (key, file_id, type, weights) VALUES (?, ?, ?, ?)",
          sketch.key, id, sketch.type, ByteView(sketch.weights)));
    }
    return {};
  });
}

Result<std::vector<StoredSketch>> SqliteSketches::list(std::int64_t key, std::size_t limit) {
  return database_.read([&](Connection& connection) -> Result<std::vector<StoredSketch>> {
    TRY(auto query,
        connection.query("SELECT f.sha256, s.type, s.weights FROM tensor_sketches s"
                         " JOIN files f ON f.id = s.file_id WHERE s.key = ?"
                         " AND NOT EXISTS (SELECT 1 FROM file_xorbs n"
                         " JOIN xorb_bases b ON b.xorb_id = n.xorb_id WHERE n.sha256 = f.sha256)"
                         " ORDER BY s.file_id LIMIT ?",
                         key, std::min(limit, limits::kListPageCountMax)));
    const auto read = [&](Query& row, StoredSketch& out) {
      out.sketch.key = key;
      return row.read(out.file, out.sketch.type, out.sketch.weights);
    };
    return collect<StoredSketch>(std::move(query), read);
  });
}

}  // namespace granary::meta::sqlite
