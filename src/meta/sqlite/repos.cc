// RepoStore on SQLite: repos, their names and settings. Listing and people are in files of their
// own.
#include "meta/sqlite/repos.h"

#include <utility>

#include "meta/names.h"
#include "meta/sqlite/accounts.h"
#include "meta/sqlite/commits.h"
#include "meta/sqlite/identity.h"
#include "meta/trending.h"

namespace granary::meta::sqlite {
namespace {

constexpr const char* kNoRepo = "no such repository";

std::string described(const RepoName& name) {
  return std::string(name_of(name.kind)) + " repository called " + name.full();
}

// A name may be taken if nothing ever had it, or, by a move, if it leads to this very repo.
Result<void> check_name(Connection& connection, const RepoName& name, std::optional<RepoId> taker) {
  if (name.name.empty() || name.name.find('/') != std::string::npos) {
    return fail(ErrorKind::Invalid, "a repository's name is one word: " + name.full());
  }
  TRY(auto query, connection.query("SELECT n.repo_id, r.folded FROM repo_names n"
                                   " LEFT JOIN repos r ON r.id = n.repo_id"
                                   " WHERE n.kind = ? AND n.folded = ?",
                                   name.kind, folded(name.full())));
  TRY(const bool known, query.step());
  if (!known) return {};
  std::optional<RepoId> repo;
  std::optional<std::string> current;
  TRY_DONE(query.read(repo, current));
  if (!repo)
    return fail(ErrorKind::Conflict, "A " + described(name) + " was deleted; its name is retired");
  if (repo == taker) return {};
  if (current == folded(name.full())) {
    return fail(ErrorKind::Conflict, "A " + described(name) + " already exists");
  }
  return fail(ErrorKind::Conflict, "A " + described(name) + " was moved; its old name leads to it");
}

Result<Namespace> find_owner(Connection& connection, std::string_view name) {
  TRY(auto query,
      connection.query("SELECT " GRANARY_NAMESPACE_COLUMNS " FROM namespaces n WHERE n.folded = ?",
                       folded(name)));
  TRY_DONE(query.step_to_row(ErrorKind::NotFound, "no user or organization of that name"));
  Namespace owner;
  TRY_DONE(read_namespace_row(query, owner));
  return owner;
}

Result<void> lead_name_to(Connection& connection, const RepoName& name, RepoId repo, WallTime now) {
  TRY_DONE(
      connection.run("INSERT INTO repo_names (kind, folded, repo_id, since_ms)"
                     " VALUES (?, ?, ?, ?) ON CONFLICT (kind, folded) DO NOTHING",
                     name.kind, folded(name.full()), repo, now));
  return {};
}

Result<RepoId> insert_repo(Connection& connection, const NewRepo& fresh, const Namespace& owner,
                           std::string_view public_id, WallTime now) {
  RepoId id;
  TRY(auto query,
      connection.query("INSERT INTO repos (public_id, kind, owner_id, name, folded, visibility,"
                       " gating, sdk, created_ms, modified_ms, downloads, likes, trending,"
                       " parameter_count, pipeline_tag, library_name)"
                       " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, 0, '', '') RETURNING id",
                       public_id, fresh.name.kind, owner.id, fresh.name.name,
                       folded(fresh.name.full()), fresh.visibility, Gating::None, fresh.sdk, now,
                       now, trending_at_birth(now)));
  TRY_DONE(query.step_to_row(ErrorKind::Internal, "no id for a repository"));
  TRY_DONE(query.read(id));
  TRY_DONE(
      connection.run("INSERT INTO repo_summaries (repo_id, head, description,"
                     " used_storage_bytes, card_json, config_json, transformers_info_json,"
                     " safetensors_json, gguf_json) VALUES (?, NULL, '', 0, '', '', '', '', '')",
                     id));
  TRY_DONE(lead_name_to(connection, fresh.name, id, now));
  return id;
}

// Children first: the foreign keys would refuse any other order, or a table forgotten here.
constexpr std::string_view kDeleteRows[] = {
    "DELETE FROM refs WHERE repo_id = ?",
    "DELETE FROM commits WHERE repo_id = ?",
    "DELETE FROM git_objects WHERE repo_id = ?",
    "DELETE FROM repo_files WHERE repo_id = ?",
    "DELETE FROM repo_tags WHERE repo_id = ?",
    "DELETE FROM repo_summaries WHERE repo_id = ?",
    "DELETE FROM access_requests WHERE repo_id = ?",
    "DELETE FROM likes WHERE repo_id = ?",
    "UPDATE repo_names SET repo_id = NULL WHERE repo_id = ?",
    "DELETE FROM repos WHERE id = ?",
};

}  // namespace

Result<Repo> SqliteRepos::create_repo(const NewRepo& fresh) {
  const WallTime now = database_.env().clock.wall_now();
  const std::string public_id = make_public_id(database_.env().random);
  return database_.write([&](Transaction& transaction) -> Result<Repo> {
    Connection& connection = transaction.connection;
    TRY(const Namespace owner, find_owner(connection, fresh.name.space));
    TRY_DONE(check_name(connection, fresh.name, {}));
    TRY(const RepoId id, insert_repo(connection, fresh, owner, public_id, now));
    TRY_DONE(apply_commit(transaction, id, {}, fresh.initial, now));
    transaction.changes.access = true;
    return read_repo_of(connection, id);
  });
}

Result<FoundRepo> SqliteRepos::find_repo(const RepoName& name) {
  const std::string wanted = folded(name.full());
  return database_.read([&](Connection& connection) -> Result<FoundRepo> {
    TRY(auto query, connection.query("SELECT " GRANARY_REPO_COLUMNS ", r.folded <> n.folded"
                                     " FROM repo_names n JOIN " GRANARY_REPO_TABLES
                                     " WHERE n.kind = ? AND n.folded = ? AND r.id = n.repo_id",
                                     name.kind, wanted));
    TRY_DONE(query.step_to_row(ErrorKind::RepoNotFound, kNoRepo));
    FoundRepo found;
    TRY_DONE(read_repo_row(query, found.repo, found.by_old_name));
    return found;
  });
}

Result<Repo> SqliteRepos::read_repo(RepoId id) {
  return database_.read([&](Connection& connection) { return read_repo_of(connection, id); });
}

Result<Repo> SqliteRepos::move_repo(RepoId id, const RepoName& to) {
  const WallTime now = database_.env().clock.wall_now();
  return database_.write([&](Transaction& transaction) -> Result<Repo> {
    Connection& connection = transaction.connection;
    TRY(const Repo repo, read_repo_of(connection, id));
    if (to.kind != repo.name.kind) {
      return fail(ErrorKind::Invalid, "a repository keeps its kind");
    }
    TRY(const Namespace owner, find_owner(connection, to.space));
    TRY_DONE(check_name(connection, to, id));
    TRY_DONE(lead_name_to(connection, to, id, now));
    TRY_DONE(connection.run("UPDATE repos SET owner_id = ?, name = ?, folded = ? WHERE id = ?",
                            owner.id, to.name, folded(to.full()), id));
    transaction.changes.access = true;
    transaction.changes.repos.push_back(id);
    return read_repo_of(connection, id);
  });
}

Result<void> SqliteRepos::delete_repo(RepoId id, const AuditEntry& audit) {
  return database_.write([&](Transaction& transaction) -> Result<void> {
    Connection& connection = transaction.connection;
    TRY_DONE(require_repo(connection, id));
    for (const std::string_view statement : kDeleteRows) TRY_DONE(connection.run(statement, id));
    TRY_DONE(insert_audit(connection, audit));
    transaction.changes.access = true;
    transaction.changes.repos.push_back(id);
    return {};
  });
}

Result<void> SqliteRepos::free_name(const RepoName& name, const AuditEntry& audit) {
  return database_.write([&](Transaction& transaction) -> Result<void> {
    Connection& connection = transaction.connection;
    TRY(const auto count, connection.run("DELETE FROM repo_names WHERE kind = ? AND folded = ?"
                                         " AND repo_id IS NULL",
                                         name.kind, folded(name.full())));
    if (count == 0) return fail(ErrorKind::NotFound, "the name " + name.full() + " is not retired");
    TRY_DONE(insert_audit(connection, audit));
    transaction.changes.access = true;
    return {};
  });
}

Result<Repo> SqliteRepos::update_settings(RepoId id, const SettingsUpdate& update) {
  const WallTime now = database_.env().clock.wall_now();
  return database_.write([&](Transaction& transaction) -> Result<Repo> {
    Connection& connection = transaction.connection;
    TRY_DONE(require_repo(connection, id));
    TRY_DONE(
        connection.run("UPDATE repos SET visibility = COALESCE(?, visibility),"
                       " gating = COALESCE(?, gating), modified_ms = ? WHERE id = ?",
                       update.visibility, update.gating, now, id));
    transaction.changes.access = true;
    transaction.changes.repos.push_back(id);
    return read_repo_of(connection, id);
  });
}

Result<RepoSummary> SqliteRepos::read_summary(RepoId id) {
  return database_.read([&](Connection& connection) { return read_summary_of(connection, id); });
}

Result<Repo> read_repo_of(Connection& connection, RepoId id) {
  TRY(auto query,
      connection.query(
          "SELECT " GRANARY_REPO_COLUMNS " FROM " GRANARY_REPO_TABLES " WHERE r.id = ?", id));
  TRY_DONE(query.step_to_row(ErrorKind::RepoNotFound, kNoRepo));
  Repo repo;
  TRY_DONE(read_repo_row(query, repo));
  return repo;
}

Result<RepoSummary> read_summary_of(Connection& connection, RepoId id) {
  TRY(auto query,
      connection.query("SELECT s.head, s.description, s.used_storage_bytes, s.card_json,"
                       " s.config_json, s.transformers_info_json, s.safetensors_json, s.gguf_json,"
                       " r.parameter_count, r.pipeline_tag, r.library_name"
                       " FROM repos r JOIN repo_summaries s ON s.repo_id = r.id WHERE r.id = ?",
                       id));
  TRY_DONE(query.step_to_row(ErrorKind::RepoNotFound, kNoRepo));
  RepoSummary summary;
  TRY_DONE(query.read(summary.head, summary.description, summary.used_storage_bytes,
                      summary.card_json, summary.config_json, summary.transformers_info_json,
                      summary.safetensors_json, summary.gguf_json, summary.parameter_count,
                      summary.pipeline_tag, summary.library_name));
  TRY(auto tags,
      connection.query("SELECT tag FROM repo_tags WHERE repo_id = ? ORDER BY position", id));
  TRY(summary.tags, collect<std::string>(std::move(tags), [](Query& row, std::string& tag) {
        return row.read(tag);
      }));
  return summary;
}

}  // namespace granary::meta::sqlite
