// Looking for problems in the facts themselves.
#include "meta/sqlite/check.h"

#include <set>
#include <utility>

#include "meta/sqlite/content_rows.h"

namespace granary::meta::sqlite {
namespace {

constexpr std::size_t kProblemCountMax = 1000;

/// A promise, as the statement that finds what breaks it: one text a row.
struct Promise {
  std::string_view what;
  std::string_view counterexamples;
};

constexpr Promise kPromises[] = {
    {"a reference that names no commit",
     "SELECT r.repo_id || ' ' || r.name FROM refs r WHERE NOT EXISTS (SELECT 1 FROM commits c"
     " WHERE c.repo_id = r.repo_id AND c.oid = r.target)"},
    {"a commit without its object",
     "SELECT c.repo_id || ' ' || hex(c.oid) FROM commits c WHERE NOT EXISTS (SELECT 1"
     " FROM git_objects o WHERE o.repo_id = c.repo_id AND o.oid = c.oid AND o.kind = 1)"},
    {"a commit without its tree",
     "SELECT c.repo_id || ' ' || hex(c.oid) FROM commits c WHERE NOT EXISTS (SELECT 1"
     " FROM git_objects o WHERE o.repo_id = c.repo_id AND o.oid = c.tree AND o.kind = 2)"},
    {"a commit whose parent is missing or of another depth",
     "SELECT c.repo_id || ' ' || hex(c.oid) FROM commits c LEFT JOIN commits p"
     " ON p.repo_id = c.repo_id AND p.oid = c.parent"
     " WHERE CASE WHEN c.parent IS NULL THEN c.depth <> 1"
     " ELSE p.oid IS NULL OR c.depth <> p.depth + 1 END"},
    {"a summary of a commit that main does not name",
     "SELECT s.repo_id FROM repo_summaries s JOIN refs r ON r.repo_id = s.repo_id"
     " AND r.name = 'refs/heads/main' WHERE s.head IS NOT NULL AND NOT EXISTS (SELECT 1"
     " FROM commits c WHERE c.repo_id = s.repo_id AND c.oid = s.head)"},
    {"a repository without a summary",
     "SELECT r.id FROM repos r WHERE NOT EXISTS"
     " (SELECT 1 FROM repo_summaries s WHERE s.repo_id = r.id)"},
    {"a repository whose name does not lead to it",
     "SELECT r.id || ' ' || r.folded FROM repos r WHERE NOT EXISTS (SELECT 1 FROM repo_names n"
     " WHERE n.kind = r.kind AND n.folded = r.folded AND n.repo_id = r.id)"},
    {"a repository outside its owner's namespace",
     "SELECT r.id || ' ' || r.folded FROM repos r JOIN namespaces o ON o.id = r.owner_id"
     " WHERE r.folded <> o.folded || '/' || lower(r.name)"},
    {"a count of likes that is not the likes",
     "SELECT r.id FROM repos r WHERE r.likes <>"
     " (SELECT count(*) FROM likes l WHERE l.repo_id = r.id)"},
    {"a grant of another size than its file",
     "SELECT g.repo_id || ' ' || hex(g.sha256) FROM repo_files g JOIN files f"
     " ON f.sha256 = g.sha256 WHERE f.size_bytes <> g.size_bytes"},
    {"a grant of no file",
     "SELECT g.repo_id || ' ' || hex(g.sha256) FROM repo_files g WHERE NOT EXISTS"
     " (SELECT 1 FROM files f WHERE f.sha256 = g.sha256)"},
    {"a file without its Xet hash among its names",
     "SELECT hex(f.sha256) FROM files f WHERE NOT EXISTS (SELECT 1 FROM file_hashes n"
     " WHERE n.file_hash = f.file_hash AND n.sha256 = f.sha256)"},
    {"a xorb whose base is not live, or needs bases itself",
     "SELECT b.xorb_id || ' ' || b.base_id FROM xorb_bases b JOIN xorbs x ON x.id = b.base_id"
     " WHERE x.state <> 0 OR EXISTS (SELECT 1 FROM xorb_bases d WHERE d.xorb_id = b.base_id)"},
    {"an organization whose members include no admin",
     "SELECT n.name FROM namespaces n WHERE n.kind = 1"
     " AND EXISTS (SELECT 1 FROM members m WHERE m.organization_id = n.id)"
     " AND NOT EXISTS (SELECT 1 FROM members m WHERE m.organization_id = n.id AND m.role = 3)"},
};

using Problems = std::vector<std::string>;

void add(Problems& problems, std::string problem) {
  if (problems.size() < kProblemCountMax) problems.push_back(std::move(problem));
}

Result<void> check_structure(Connection& connection, Problems& problems) {
  TRY(auto rows, connection.query("PRAGMA integrity_check"));
  while (true) {
    TRY(const bool more, rows.step());
    if (!more) return {};
    std::string line;
    TRY_DONE(rows.read(line));
    if (line != "ok") add(problems, "database structure: " + line);
  }
}

Result<void> check_references(Connection& connection, Problems& problems) {
  TRY(auto rows, connection.query("PRAGMA foreign_key_check"));
  while (true) {
    TRY(const bool more, rows.step());
    if (!more) return {};
    std::string table;
    TRY_DONE(rows.read(table));
    add(problems, "a row of " + table + " refers to nothing");
  }
}

Result<void> check_promise(Connection& connection, const Promise& promise, Problems& problems) {
  TRY(auto rows, connection.query(promise.counterexamples));
  while (true) {
    TRY(const bool more, rows.step());
    if (!more) return {};
    add(problems, std::string(promise.what) + ": " + std::string(as_text(rows.blob(0))));
  }
}

// The collector and the rights to xorbs go by this list.
Result<bool> lists_xorbs(Connection& connection, const StoredFile& file) {
  std::set<XorbId> listed;
  TRY(auto rows, connection.query("SELECT xorb_id FROM file_xorbs WHERE sha256 = ?", file.sha256));
  while (true) {
    TRY(const bool more, rows.step());
    if (!more) break;
    XorbId xorb;
    TRY_DONE(rows.read(xorb));
    listed.insert(xorb);
  }
  std::set<XorbId> needed;
  for (const Term& term : file.recipe) needed.insert(term.xorb);
  return listed == needed;
}

Result<void> check_files(Connection& connection, Problems& problems) {
  TRY(auto rows, connection.query("SELECT " GRANARY_FILE_COLUMNS " FROM files f"));
  while (true) {
    TRY(const bool more, rows.step());
    if (!more) return {};
    StoredFile file;
    if (auto read = read_file_row(rows, file); !read) {
      add(problems, "a file's row cannot be read: " + read.error().message);
      continue;
    }
    TRY(const bool listed, lists_xorbs(connection, file));
    if (!listed) add(problems, "file " + file.sha256.to_string() + ": its xorbs are not listed");
    TRY(const auto problem, problem_of(connection, file));
    if (problem) add(problems, "file " + file.sha256.to_string() + ": " + problem->message);
  }
}

}  // namespace

Result<std::vector<std::string>> check(Connection& connection) {
  Problems problems;
  TRY_DONE(check_structure(connection, problems));
  TRY_DONE(check_references(connection, problems));
  for (const Promise& promise : kPromises) {
    TRY_DONE(check_promise(connection, promise, problems));
  }
  TRY_DONE(check_files(connection, problems));
  return problems;
}

}  // namespace granary::meta::sqlite
