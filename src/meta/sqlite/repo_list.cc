// RepoStore on SQLite: listing and searching, in pages by key.
#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "meta/cursor.h"
#include "meta/names.h"
#include "meta/sqlite/identity.h"
#include "meta/sqlite/repos.h"

namespace granary::meta::sqlite {
namespace {

struct SortColumn {
  RepoSort sort;
  std::string_view column;
};

// All but Id descend, as clients expect; the repo's number decides between equals.
constexpr SortColumn kSortColumns[] = {
    {RepoSort::Modified, "r.modified_ms"},
    {RepoSort::Created, "r.created_ms"},
    {RepoSort::Downloads, "r.downloads"},
    {RepoSort::Likes, "r.likes"},
    {RepoSort::Trending, "r.trending"},
    {RepoSort::Parameters, "r.parameter_count"},
    {RepoSort::Id, "r.folded"},
};

std::string column_of(RepoSort sort) {
  for (const SortColumn& each : kSortColumns) {
    if (each.sort == sort) return std::string(each.column);
  }
  return "r.folded";
}

// The statement of a query. Texts from outside are parameters, never part of it: this adds the
// conditions, `bind` the values in the same order.
std::string statement_for(const RepoQuery& query) {
  const std::string column = column_of(query.sort);
  std::string sql = "SELECT " GRANARY_REPO_COLUMNS ", " + column +
                    " FROM " GRANARY_REPO_TABLES " WHERE r.kind = ?";
  if (!query.viewer.sees_all) {
    sql += " AND (r.visibility = 0 OR r.owner_id IN (SELECT value FROM json_each(?)))";
  }
  for (std::size_t i = 0; i < query.words.size(); ++i) sql += " AND instr(r.folded, ?) > 0";
  if (!query.owner.empty()) {
    sql += " AND r.owner_id = (SELECT id FROM namespaces WHERE folded = ?)";
  }
  for (std::size_t i = 0; i < query.tags.size(); ++i) {
    sql += " AND r.id IN (SELECT repo_id FROM repo_tags WHERE tag = ?)";
  }
  if (!query.pipeline_tag.empty()) sql += " AND r.pipeline_tag = ?";
  if (!query.library_name.empty()) sql += " AND r.library_name = ?";
  if (query.gated) sql += *query.gated ? " AND r.gating <> 0" : " AND r.gating = 0";
  if (query.parameters_min) sql += " AND r.parameter_count >= ?";
  if (query.parameters_max) sql += " AND r.parameter_count BETWEEN 1 AND ?";
  if (!query.cursor.empty()) {
    sql +=
        query.sort == RepoSort::Id ? " AND r.folded > ?" : " AND (" + column + ", r.id) < (?, ?)";
  }
  sql += query.sort == RepoSort::Id ? " ORDER BY r.folded"
                                    : " ORDER BY " + column + " DESC, r.id DESC";
  return sql + " LIMIT ?";
}

Result<Query> bound(Connection& connection, const RepoQuery& query, std::size_t limit) {
  TRY(Query statement, connection.prepare(statement_for(query)));
  const auto add = [&](const auto& value) { statement.bind(value, Lifetime::Copied); };
  add(query.kind);
  if (!query.viewer.sees_all) add(json_list(query.viewer.namespaces));
  for (const std::string& word : query.words) add(folded(word));
  if (!query.owner.empty()) add(folded(query.owner));
  for (const std::string& tag : query.tags) add(tag);
  if (!query.pipeline_tag.empty()) add(query.pipeline_tag);
  if (!query.library_name.empty()) add(query.library_name);
  if (query.parameters_min) add(*query.parameters_min);
  if (query.parameters_max) add(*query.parameters_max);
  if (!query.cursor.empty()) {
    TRY(const ListCursor cursor, parse_cursor(query.cursor, query.sort));
    if (query.sort == RepoSort::Id) {
      add(cursor.folded);
    } else {
      add(cursor.value);
      add(cursor.id);
    }
  }
  add(limit);
  return statement;
}

Result<void> check_limits(const RepoQuery& query) {
  if (query.words.size() > limits::kSearchWordCountMax) {
    return fail(ErrorKind::Invalid, "too many words to search for");
  }
  if (query.tags.size() > limits::kFilterTagCountMax) {
    return fail(ErrorKind::Invalid, "too many tags to filter by");
  }
  if (query.viewer.namespaces.size() > limits::kViewerNamespaceCountMax) {
    return fail(ErrorKind::Invalid, "a viewer of too many namespaces");
  }
  return {};
}

std::uint64_t text_size_bytes(const RepoSummary& summary) {
  std::uint64_t size = summary.card_json.size() + summary.config_json.size() +
                       summary.transformers_info_json.size() + summary.safetensors_json.size() +
                       summary.gguf_json.size() + summary.description.size();
  for (const std::string& tag : summary.tags) size += tag.size();
  return size;
}

Result<void> read_listed(Query& row, const RepoQuery& query, Repo& repo, ListCursor& at) {
  at.sort = query.sort;
  if (query.sort == RepoSort::Id) return read_repo_row(row, repo, at.folded);
  TRY_DONE(read_repo_row(row, repo, at.value));
  at.id = repo.id.value;
  return {};
}

}  // namespace

Result<RepoPage> SqliteRepos::list_repos(const RepoQuery& query) {
  TRY_DONE(check_limits(query));
  const std::size_t limit = std::clamp<std::size_t>(query.limit, 1, limits::kListPageCountMax);
  return database_.read([&](Connection& connection) -> Result<RepoPage> {
    TRY(Query rows, bound(connection, query, limit + 1));  // one more tells whether it is the last
    RepoPage page;
    ListCursor last;
    std::uint64_t size_bytes = 0;
    while (true) {
      TRY(const bool more, rows.step());
      if (!more) return page;
      if (page.repos.size() == limit || size_bytes > limits::kListPageSizeBytesMax) {
        page.next_cursor = format_cursor(last);
        return page;
      }
      ListedRepo& listed = page.repos.emplace_back();
      TRY_DONE(read_listed(rows, query, listed.repo, last));
      TRY(listed.summary, read_summary_of(connection, listed.repo.id));
      size_bytes += text_size_bytes(listed.summary);
    }
  });
}

Result<std::vector<TagCount>> SqliteRepos::count_tags(RepoKind kind) {
  return database_.read([&](Connection& connection) -> Result<std::vector<TagCount>> {
    TRY(auto query,
        connection.query("SELECT t.tag, count(DISTINCT t.repo_id) AS uses FROM repo_tags t"
                         " JOIN repos r ON r.id = t.repo_id WHERE r.kind = ? AND r.visibility = ?"
                         " GROUP BY t.tag ORDER BY uses DESC, t.tag",
                         kind, Visibility::Public));
    return collect<TagCount>(
        std::move(query), [](Query& row, TagCount& out) { return row.read(out.tag, out.count); });
  });
}

}  // namespace granary::meta::sqlite
